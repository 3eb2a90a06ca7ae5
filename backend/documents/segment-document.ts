import { type Document, slugOf, workIdOf } from './document.ts';
import type { IngestionContext, IngestionParts } from './ingestion-parts.ts';
import { type KeptCorrections, placeFormer } from './kept-corrections.ts';
import type { DocumentReport, ParsedBatch, ParsedChapter } from './parsing/parsed-document.ts';
import { createShownHash } from './shown-hash.ts';
import { spoolFile } from './spool-file.ts';
import type { Run } from './staged.ts';

/** What came of reading a document; `twinId`: the document that has its text already. */
export interface Segmented {
  twinId: string | undefined;
}

/** Reads the file into the staging tables and notes what was found, all of it or nothing. */
export async function segmentDocument(
  parts: IngestionParts,
  document: Document,
  run: Run,
  until: 'segmented' | 'published',
  context: IngestionContext,
): Promise<Segmented> {
  const { report, shownHash } = await stage(parts, document, run, context);
  await context.report('segmented', report.passages, report.passages);
  const work = await parts.stores.staging.sameWork(run, workIdOf(document.id), report);
  const found = await parts.transact(async ({ staging, documents }) => {
    await staging.withoutTimeout();
    const duplicates = await staging.duplicates(run, workIdOf(document.id));
    const twinId = await documents.twinOf(document, report.contentHash);
    const twin = twinId === document.id ? undefined : twinId && (await documents.byId(twinId));
    return { ...duplicates, work, document: twin ? { id: twin.id, title: twin.title } : null };
  });
  const asked = document.purpose === 'upload' && !document.keepsTwin && until === 'published';
  return parts.transact(async ({ staging, documents }) => {
    await documents.lockUploads();
    await staging.hold(run);
    const twinId = asked ? await documents.twinOf(document, report.contentHash) : undefined;
    if (twinId !== undefined) await giveWay(documents, document, twinId);
    else await staging.noteFound(run, { report, shownHash, duplicates: found });
    return { twinId };
  });
}

type DocumentsWithin = IngestionParts['stores']['documents'];

/** The text is there already: what was published before stays, what never was becomes its alias. */
async function giveWay(
  documents: DocumentsWithin,
  document: Document,
  twinId: string,
): Promise<void> {
  if (document.publishedVersion === null) await documents.replaceByAlias(document.id, twinId);
  else await documents.revert(document.id, document.publishedVersion);
}

interface Staged {
  report: DocumentReport;
  shownHash: string;
}

async function stage(
  parts: IngestionParts,
  document: Document,
  run: Run,
  context: IngestionContext,
): Promise<Staged> {
  const { stores, spoolFolder: folder } = parts;
  const { report, signal } = context;
  const onProgress = (done: number, total: number) => report('received', done, total);
  const files = stores.documentFiles;
  const spooled = await spoolFile({ files, document, folder, onProgress, signal });
  try {
    const read = (as: Document) => readInto(parts, as, spooled.path, run, context);
    const staged = await read(document);
    const corrections = await placeCorrections(parts, document, run);
    return corrections ? await read({ ...document, corrections }) : staged;
  } finally {
    await spooled.remove();
  }
}

/**
 * Where the corrections of the file before belong is known when this one has been read; undefined where
 * nothing comes of them.
 */
async function placeCorrections(
  { transact }: IngestionParts,
  document: Document,
  run: Run,
): Promise<KeptCorrections | undefined> {
  const { former = [] } = document.corrections;
  if (former.length === 0) return undefined;
  const placed = await transact(async ({ staging, documents }) => {
    await staging.hold(run);
    const openings = former.flatMap(({ opening }) => opening ?? []);
    const found = await staging.openings(document, 'opening', openings);
    const corrections = placeFormer(document.corrections, found);
    await documents.correct(document.id, document.version, corrections);
    return corrections;
  });
  return placed.lost === former.length ? undefined : placed;
}

async function readInto(
  parts: IngestionParts,
  document: Document,
  path: string,
  run: Run,
  { report, signal }: IngestionContext,
): Promise<Staged> {
  const { readTitle: title, author, dynasty, form, fileName, corrections } = document;
  const shown = createShownHash();
  const writer = createBatchWriter(parts, run);
  let last = 0;
  await parts.transact(async ({ staging }) => {
    await staging.hold(run);
    await staging.forgetChapters(run);
  });
  const reading = parts.parse(
    { path, fileName, slug: slugOf(document.id), title, author, dynasty, form, corrections },
    {
      signal,
      onProgress: (done, total) => report('parsed', done, total),
      async onBatch(batch) {
        signal.throwIfAborted();
        shown.add(batch);
        last = batch.passages.at(-1)?.place ?? last;
        await writer.write(batch);
      },
    },
  );
  const found = await reading.finally(writer.idle);
  await writer.written();
  await parts.transact(async ({ staging }) => {
    await staging.hold(run);
    await staging.cutAfter(run, last);
  });
  return { report: found, shownHash: shown.digest() };
}

/** The next batch is read while the database takes one in. */
function createBatchWriter({ stores: { staging } }: IngestionParts, run: Run) {
  let written: Promise<void> = Promise.resolve();
  return {
    /** Resolves when the batch before is written. */
    async write(batch: ParsedBatch): Promise<void> {
      await written;
      written = staging.add(run, { ...batch, chapters: latestOf(batch) });
      // Whoever waits for it hears of a failure; nobody does while the next batch is read.
      written.catch(() => undefined);
    },
    written: () => written,
    /** Whoever clears away what a job that has ended left must not be followed by a batch of it. */
    idle: () => written.catch(() => undefined),
  };
}

/** A chapter that ends and another that begins in a batch may both come twice. */
function latestOf({ chapters }: ParsedBatch): ParsedChapter[] {
  return [...new Map(chapters.map((chapter) => [chapter.ordinal, chapter])).values()];
}
