import type { Administrator } from '../audit-trail.ts';
import { invalidInput } from '../http/failure.ts';
import { deedOf } from './audit-trail.ts';
import type { Document, DocumentNames } from './document.ts';
import { publishedWork } from './document-ingestion.ts';
import { notThere, requireIdle } from './document-rules.ts';
import type { AdministeredStores, DocumentServiceParts } from './document-service-parts.ts';
import { type KeptCorrection, mergeCorrections } from './kept-corrections.ts';
import type { Corrections } from './parsing/parsed-document.ts';
import { startJob } from './start-job.ts';

export interface Amendment {
  names: Partial<DocumentNames>;
  corrections: Corrections | undefined;
}

export interface DocumentAmendment {
  /**
   * Corrects how a document is called or what was found in it. What is in the library is only renamed,
   * unless its structure is corrected; everything else is read anew. Resolves to whether it is.
   */
  amend(by: Administrator, id: string, amendment: Amendment): Promise<boolean>;
}

export function createDocumentAmendment(parts: DocumentServiceParts): DocumentAmendment {
  const { transact, libraryChanged, wake } = parts;
  return {
    async amend(by, id, amendment) {
      const read = await transact(async (within) => {
        const document = requireIdle((await within.documents.lock(id)) ?? notThere());
        const { names, corrections } = amendment;
        const chapters = await knownChapters(within, document, corrections?.chapters ?? []);
        const merged = mergeCorrections(document.corrections, chapters);
        if (corrections) await requireSomeKept(within, document, merged);
        await within.audit.record(
          deedOf(by, 'document.correct', document, {
            ...names,
            ...(corrections ? { chapters: corrections.chapters.length } : {}),
          }),
        );
        if (!isReadAnew(document, amendment)) {
          await rename(within, document, names);
          return false;
        }
        await within.documents.addVersion(document, {
          ...{ ...document, ...names, purpose: 'correction' },
          readTitle: readTitleOf(document, names),
          corrections: merged,
        });
        const until = document.status === 'published' ? 'published' : 'segmented';
        const { maxAttempts } = parts;
        const next = (await within.documents.lock(id)) ?? notThere();
        await startJob(within, next, { until, maxAttempts });
        return true;
      });
      if (read) wake();
      else await libraryChanged();
      return read;
    },
  };
}

/** Each with the first words of its chapter; refuses what names a chapter that was not found. */
async function knownChapters(
  { staging }: AdministeredStores,
  document: Document,
  wanted: readonly KeptCorrection[],
): Promise<KeptCorrection[]> {
  if (wanted.length === 0) return [];
  const ordinals = wanted.map(({ ordinal }) => ordinal);
  const found = await staging.openings(document, 'ordinal', ordinals);
  const openings = new Map(found.map(({ ordinal, opening }) => [ordinal, opening]));
  // Those that were joined to the one before are found no more by themselves.
  const corrected = new Set(document.corrections.chapters.map(({ ordinal }) => ordinal));
  const faults = wanted.flatMap(({ ordinal }, at) =>
    openings.has(ordinal) || corrected.has(ordinal)
      ? []
      : [{ path: `chapters.${at}.ordinal`, message: `没有第 ${ordinal} 节` }],
  );
  if (faults.length > 0) throw invalidInput(faults);
  return wanted.map((each) => {
    const opening = openings.get(each.ordinal);
    return opening === undefined ? each : { ...each, opening };
  });
}

/** A version without any text could only fail, and what was found in the file before would be gone. */
async function requireSomeKept(
  { staging }: AdministeredStores,
  document: Document,
  { chapters }: Corrections,
): Promise<void> {
  if (chapters.some(({ skip, joinPrevious }) => !skip && !joinPrevious)) return;
  const ordinals = chapters.map(({ ordinal }) => ordinal);
  if (await staging.hasChapterBeside(document, ordinals)) return;
  throw invalidInput([{ path: 'chapters', message: '至少要留下一节，不能全部略去' }]);
}

function readTitleOf(document: Document, { title }: Partial<DocumentNames>): string {
  return document.publishedVersion === null && title ? title : document.readTitle;
}

/** Titles and authors of a document can become those of its chapters. */
function isReadAnew({ status }: Document, { names, corrections }: Amendment): boolean {
  if (corrections || names.form !== undefined) return true;
  if (status === 'published') return false;
  return (['title', 'author', 'dynasty'] as const).some((key) => names[key] !== undefined);
}

async function rename(
  { documents, publishing }: AdministeredStores,
  document: Document,
  names: Partial<DocumentNames>,
): Promise<void> {
  await documents.rename(document.id, document.version, names);
  if (document.status !== 'published') return;
  const renamed = { ...document, ...names };
  await publishing.rename(renamed, publishedWork(renamed));
}
