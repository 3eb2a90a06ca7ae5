import { createHash } from 'node:crypto';
import { z } from 'zod';
import type { Retrieval, RetrievalOptions, Retriever } from '../../ai/rag/retriever.ts';
import type { ReadCache } from '../platform/cache/read-cache.ts';
import type { PublishedLibrary } from './published-library.ts';

const keptSchema = z.object({
  hits: z.array(z.tuple([z.string(), z.number()])),
  support: z.number(),
  dense: z.boolean(),
});

/** Vectors of a work may still come in after its text. */
const KEPT_SECONDS = 300;

/**
 * A class asks the same question within minutes. What is found depends on the library and on nobody who
 * asks, so it is kept by its ids under the fingerprint of the library that it was found in. A digest,
 * because questions are private.
 */
export function createKeptRetrieval(parts: {
  retriever: Retriever;
  published: Pick<PublishedLibrary, 'library' | 'fingerprint'>;
  /** By which vectors. */
  space: () => string | undefined;
  readCache: ReadCache;
}): Retriever {
  const { retriever, published, space, readCache } = parts;
  const kept = readCache.keep({
    ...{ name: 'retrieval', schema: keptSchema, seconds: KEPT_SECONDS, nearSeconds: KEPT_SECONDS },
  });

  function keyOf(question: string, { limit, workId, alsoWorded }: RetrievalOptions): string {
    const asked = [published.fingerprint, space(), question, limit, workId, alsoWorded];
    return createHash('sha256').update(JSON.stringify(asked)).digest('base64url');
  }

  return {
    async retrieve(question, options): Promise<Retrieval> {
      const key = keyOf(question, options);
      let fresh: Retrieval | undefined;
      const { hits, support, dense } = await kept.read(key, async (doNotKeep) => {
        fresh = await retriever.retrieve(question, options);
        // Without the vectors it is better than none; of a library that has changed it is a mixture.
        if (!fresh.dense || keyOf(question, options) !== key) doNotKeep();
        const found = fresh.items.map(({ passage, score }): [string, number] => [
          passage.id,
          score,
        ]);
        return { hits: found, support: fresh.support, dense: fresh.dense };
      });
      if (fresh) return fresh;
      const items = hits.flatMap(([id, score]) => {
        const passage = published.library.passage(id);
        return passage ? [{ passage, score }] : [];
      });
      return { items, support, dense };
    },
  };
}
