import { setImmediate as breathe } from 'node:timers/promises';
import { VECTORS_AT_ONCE } from '../../ai/rag/passage-vectors.ts';
import { type Document, workIdOf } from './document.ts';
import type { IngestionContext, IngestionParts } from './ingestion-parts.ts';
import type { Run } from './staged.ts';

/**
 * Puts the vectors of what is staged beside those of the library, from where an earlier run was
 * stopped. Returns the spaces that have them all: Chroma may be away, and is caught up with later.
 */
export async function embedDocument(
  parts: IngestionParts,
  document: Document,
  run: Run,
  context: IngestionContext,
): Promise<string[]> {
  const whole: string[] = [];
  const workId = workIdOf(document.id);
  const before = await parts.stores.staging.spacesOf(workId);
  for (const space of parts.spaces()) {
    const all = document.purpose === 'reindex' || !before.includes(space.name);
    if (await fill(parts, { document, run, workId, all }, space, context)) whole.push(space.name);
  }
  return whole;
}

type Space = ReturnType<IngestionParts['spaces']>[number];

async function fill(
  { stores: { staging }, logger }: IngestionParts,
  given: { document: Document; run: Run; workId: string; all: boolean },
  { name, embeddings, vectors }: Space,
  { report, signal }: IngestionContext,
): Promise<boolean> {
  const { document, run, workId, all } = given;
  const total = document.passageCount;
  const noteTaken = async (place: number) => {
    await staging.noteEmbedded(run, name, place);
    await report('embedded', Math.min(place, total), total);
  };
  /** Undefined when the model or Chroma is away. */
  const orAway = async <Result>(work: Promise<Result>): Promise<Result | undefined> => {
    try {
      return await work;
    } catch (error) {
      signal.throwIfAborted();
      logger.warn({ err: error }, 'vectors away: document published without, embedded later');
      return undefined;
    }
  };
  // The next batch is read and embedded while Chroma takes in the one before.
  let sent: { place: number; taken: Promise<true> } | undefined;
  try {
    for (let from = document.embedded[name] ?? 0; ; ) {
      signal.throwIfAborted();
      const batch = await staging.passagesAfter(run, from, VECTORS_AT_ONCE, all);
      const embedded = await orAway(embeddings.embedPassages(batch.map(({ text }) => text)));
      if (!embedded || (sent && !(await orAway(sent.taken)))) return false;
      if (sent) await noteTaken(sent.place);
      const last = batch.at(-1);
      if (!last) break;
      const items = batch.map(({ id }, at) => ({ id, workId, vector: embedded[at] ?? [] }));
      const taken = vectors.upsert(items).then(() => true as const);
      // Heard of when it is waited for; nobody waits for it while the next batch is read.
      taken.catch(() => undefined);
      sent = { place: last.place, taken };
      from = last.place;
      await breathe();
    }
  } finally {
    // Whoever removes the vectors of a job that has ended must not be followed by a batch of it.
    await sent?.taken.catch(() => undefined);
  }
  await report('embedded', total, total);
  return true;
}
