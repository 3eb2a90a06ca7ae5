import { type Document, slugOf } from './document.ts';
import type { DocumentServiceParts } from './document-service-parts.ts';
import type { ParsedBatch } from './parsing/parsed-document.ts';
import { isRefusal } from './refusal.ts';

/** Of the shorter of two versions of one text, passages that the other has too. */
export const LEAST_IN_COMMON = 0.2;
/** The beginning of a file must be found within it, or it is taken for another text: nothing is lost then. */
export const LOOK_MS = 15_000;

/** Where it lies, and its name, whose ending says how it is read. */
interface NamedFile {
  path: string;
  name: string;
}

class SeenEnough extends Error {}

/** Whether a file begins like another version of a document that is not in the library. */
export async function resembles(
  parts: Pick<DocumentServiceParts, 'stores' | 'parse'>,
  document: Document,
  file: NamedFile,
): Promise<boolean> {
  // Of what was never read nothing can be lost.
  if (document.passageCount === 0) return true;
  const { passages, chapters } = await beginningOf(parts, document, file);
  const { staging } = parts.stores;
  const hashes = [...new Set(passages.map(({ textHash }) => textHash))];
  const known = await staging.countKnown(document, hashes);
  if (known >= LEAST_IN_COMMON * Math.min(hashes.length, document.passageCount)) return known > 0;
  // Of few and short passages each may have changed, and the chapters still begin as before.
  const openings = [...new Set(chapters.map(({ opening }) => opening))];
  const begun = (await staging.openings(document, 'opening', openings)).length;
  return begun > 0 && begun >= LEAST_IN_COMMON * Math.min(openings.length, document.chapterCount);
}

/** The first passages of a file, cut as those of the document were. */
async function beginningOf(
  { parse }: Pick<DocumentServiceParts, 'parse'>,
  { id, readTitle: title, author, dynasty, form }: Document,
  file: NamedFile,
): Promise<ParsedBatch> {
  const looking = new AbortController();
  const timer = setTimeout(() => looking.abort(new SeenEnough()), LOOK_MS);
  let first: ParsedBatch = { chapters: [], passages: [] };
  const { path, name: fileName } = file;
  const about = { slug: slugOf(id), title, author, dynasty, form };
  const corrections = { chapters: [] };
  try {
    await parse(
      { path, fileName, ...about, corrections },
      {
        signal: looking.signal,
        onProgress: async () => undefined,
        async onBatch(batch) {
          first = batch;
          looking.abort(new SeenEnough());
        },
      },
    );
  } catch (error) {
    if (!(error instanceof SeenEnough || isRefusal(error))) throw error;
  } finally {
    clearTimeout(timer);
  }
  return first;
}
