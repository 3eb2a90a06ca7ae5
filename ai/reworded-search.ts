import type { Passage } from './passage.ts';
import type { ClassicalWording } from './questions/classical-wording.ts';
import { gainsFromRewording } from './questions/gains-from-rewording.ts';
import type { Retrieval, Retriever } from './rag/retriever.ts';
import { type AroundStage, unwatched } from './stages.ts';

export interface RewordingParts {
  retriever: Retriever;
  library: { titled(name: string): Passage[][] };
  /** Left out, a question is searched for in its own words alone. */
  classicalWording?: ClassicalWording | undefined;
  around?: AroundStage | undefined;
}

export type SearchResult = Pick<Retrieval, 'items' | 'dense'>;

/**
 * Searches once more, with the words that the classics may have for a question besides its own. What
 * was found without them has decided whether the library speaks of it at all: a wrong guess cannot.
 */
export function createRewordedSearch(parts: RewordingParts) {
  const { retriever, library, classicalWording, around = unwatched } = parts;
  return async (
    { question, cohort }: { question: string; cohort?: string | undefined },
    plain: SearchResult,
    { limit, signal }: { limit: number; signal: AbortSignal },
  ): Promise<SearchResult> => {
    const found = plain.items.map(({ passage }) => passage);
    if (!classicalWording || found.length === 0) return plain;
    if (!gainsFromRewording(question, found, (name) => library.titled(name))) return plain;
    const alsoWorded = await around('reword', () => classicalWording({ question, cohort }, signal));
    if (alsoWorded.length === 0) return plain;
    return retriever.retrieve(question, { limit, alsoWorded });
  };
}
