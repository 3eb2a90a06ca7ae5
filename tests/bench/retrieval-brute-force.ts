import type { TrainedEmbeddings } from '../../ai/rag/embeddings/trained-embeddings.ts';
import type { ScoredId } from '../../ai/rag/fusion.ts';

const BATCH = 1_000;

export interface BruteForce {
  nearest(query: string, k: number): Promise<ScoredId[]>;
  /** Texts a second. */
  embedded: number;
}

/** The exact neighbours, by comparing with every vector: slow to ask, but ready much sooner than a database. */
export async function openBruteForce(
  passages: readonly { id: string; text: string }[],
  embeddings: TrainedEmbeddings,
): Promise<BruteForce> {
  const { dimension } = embeddings;
  const components = new Float32Array(passages.length * dimension);
  const began = performance.now();
  for (let start = 0; start < passages.length; start += BATCH) {
    const texts = passages.slice(start, start + BATCH).map(({ text }) => text);
    const vectors = await embeddings.embedDocuments(texts);
    vectors.forEach((vector, n) => {
      components.set(vector, (start + n) * dimension);
    });
  }
  const embedded = (passages.length / (performance.now() - began)) * 1_000;
  return {
    embedded,
    async nearest(query, k) {
      const similarities = similaritiesTo(await embeddings.embedQuery(query), components);
      const least = similarities.toSorted()[Math.max(0, similarities.length - k)] ?? 0;
      const hits: ScoredId[] = [];
      for (const [row, score] of similarities.entries()) {
        if (score >= least) hits.push({ id: passages[row]?.id ?? '', score });
      }
      return hits.sort((a, b) => b.score - a.score).slice(0, k);
    },
  };
}

function similaritiesTo(query: readonly number[], components: Float32Array): Float32Array {
  const asked = Float32Array.from(query);
  const similarities = new Float32Array(components.length / asked.length);
  for (let row = 0; row < similarities.length; row += 1) {
    let sum = 0;
    const from = row * asked.length;
    for (let axis = 0; axis < asked.length; axis += 1) {
      sum += (asked[axis] ?? 0) * (components[from + axis] ?? 0);
    }
    similarities[row] = sum;
  }
  return similarities;
}
