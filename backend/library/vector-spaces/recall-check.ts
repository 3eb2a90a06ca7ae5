import { AppError } from '../../errors.ts';
import type { VectorSpace } from '../../platform/platform.ts';

/** A passage of the library and words by which it should be found. */
export interface KnownItem {
  passageId: string;
  words: string;
}

export const RECALL_AT = 10;
/** The new embedding may be so much worse on the sample and still take over: chance does that much. */
const TOLERANCE = 0.03;
/** An endpoint that answers one question in a tenth of a second answers hundreds in some seconds. */
const AT_ONCE = 10;

/** Recall@10 of known items by the vectors of a space alone, 0 to 1; 1 for an empty library. */
export async function recallOf(
  { embeddings, vectors }: VectorSpace,
  items: readonly KnownItem[],
): Promise<number> {
  const isFound = async ({ passageId, words }: KnownItem) => {
    const hits = await vectors.query(await embeddings.embedQuery(words), RECALL_AT);
    return hits.some(({ id }) => id === passageId);
  };
  let found = 0;
  for (let start = 0; start < items.length; start += AT_ONCE) {
    const tried = await Promise.all(items.slice(start, start + AT_ONCE).map(isFound));
    found += tried.filter(Boolean).length;
  }
  return items.length === 0 ? 1 : found / items.length;
}

/** What came of a check: the recall of a space, and of the active one at the same time. */
export interface Finding {
  space: string;
  recall: number;
  activeRecall: number;
  sample: number;
}

export function isGoodEnough({ recall, activeRecall }: Finding): boolean {
  return recall >= activeRecall - TOLERANCE;
}

/** Says to whoever asked for the check why a space cannot take over. */
export async function passOrFail(checking: Promise<Finding>): Promise<void> {
  const found = await checking.catch((cause: unknown) => {
    const message =
      '向量模型或向量库现在连不上，不能抽查比较；请稍后再试，或选择不抽查，直接改用。';
    throw new AppError(503, 'unavailable', message, { cause });
  });
  if (isGoodEnough(found)) return;
  const [own, active] = [found.recall, found.activeRecall].map((each) => Math.round(each * 100));
  const message = `抽查 ${found.sample} 段，前十命中率 ${own}%，在用的 ${active}%：不如在用的，没有改用。`;
  throw new AppError(409, 'conflict', message);
}

const FRAGMENT = 12;

export interface SampledPassage {
  id: string;
  text: string;
  translation: string | null;
}

/** What a learner remembers of a text: its translation where there is one, else a piece of its middle. */
export function knownItem({ id, text, translation }: SampledPassage): KnownItem {
  if (translation) return { passageId: id, words: translation };
  const characters = [...text];
  const from = Math.max(0, Math.floor((characters.length - FRAGMENT) / 2));
  return { passageId: id, words: characters.slice(from, from + FRAGMENT).join('') };
}
