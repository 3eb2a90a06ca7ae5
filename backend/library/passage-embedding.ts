import { VECTORS_AT_ONCE } from '../../ai/rag/passage-vectors.ts';
import type { Logger } from '../logger.ts';
import type { VectorSpace } from '../platform/platform.ts';
import type { VectorSpaces } from './vector-spaces/vector-spaces.ts';

export interface EmbeddablePassage {
  id: string;
  workId: string;
  text: string;
}

/** Puts passages into the vector spaces; derived data, so whatever fails can be done again. */
export interface PassageEmbedding {
  /** Into one space, a batch at a time; `done` hears how many are in. */
  embed(
    space: VectorSpace,
    passages: readonly EmbeddablePassage[],
    done?: (count: number) => Promise<void>,
  ): Promise<void>;
  /** Into every space that is to hold them; the names of those that took them all. */
  embedEverywhere(
    passages: readonly EmbeddablePassage[],
    done?: (count: number) => Promise<void>,
  ): Promise<string[]>;
  /** From every space that is to hold what is published. Rejects while Chroma is away. */
  remove(ids: readonly string[]): Promise<void>;
}

export function createPassageEmbedding(
  spaces: Pick<VectorSpaces, 'filled'>,
  logger: Logger,
): PassageEmbedding {
  const embed: PassageEmbedding['embed'] = async (space, passages, done) => {
    // The next batch is embedded while Chroma takes the last one in.
    let taken: Promise<unknown> = Promise.resolve();
    for (let start = 0; start < passages.length; start += VECTORS_AT_ONCE) {
      const batch = passages.slice(start, start + VECTORS_AT_ONCE);
      const embedded = await space.embeddings.embedPassages(batch.map(({ text }) => text));
      await taken;
      if (start > 0) await done?.(start);
      taken = space.vectors.upsert(
        batch.map(({ id, workId }, index) => ({ id, workId, vector: embedded[index] ?? [] })),
      );
      // Whoever waits for it hears of a failure; nobody does while the next batch is embedded.
      taken.catch(() => undefined);
    }
    await taken;
    if (passages.length > 0) await done?.(passages.length);
  };
  return {
    embed,
    async embedEverywhere(passages, done) {
      const whole: string[] = [];
      for (const [index, space] of spaces.filled().entries()) {
        // What is told is how far the space is that questions are compared in.
        const report = index === 0 ? done : undefined;
        await embed(space, passages, report).then(
          () => whole.push(space.name),
          (error: unknown) => {
            logger.warn({ err: error, space: space.name }, 'vectors away, to be made later');
          },
        );
      }
      return whole;
    },
    async remove(ids) {
      if (ids.length === 0) return;
      for (const { vectors } of spaces.filled()) await vectors.delete([...ids]);
    },
  };
}
