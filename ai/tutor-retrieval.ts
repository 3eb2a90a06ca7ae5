import type { CitedPassage } from './citations.ts';
import type { Passage } from './passage.ts';
import { writePassages } from './prompts/tutor-prompt.ts';
import type { Focus } from './questions/focus.ts';
import { besidePassage, type PassageNeighbours } from './questions/neighbours-asked-for.ts';
import type { ResolvedQuestion } from './questions/resolve-question.ts';
import { asksForSource } from './questions/source-asked-for.ts';
import { titleAskedFor } from './questions/title-asked-for.ts';
import type { Retrieval, RetrievedPassage } from './rag/retriever.ts';
import { createRewordedSearch, type RewordingParts, type SearchResult } from './reworded-search.ts';
import type { CountTokens } from './tokens/count-tokens.ts';

export interface RetrievalLimits {
  passageTokens: number;
  passages: number;
  /** With less support the library is said to have nothing on the question. */
  minSupport: number;
}

export interface TutorLibrary extends PassageNeighbours {
  /** The passages of each chapter of that name. */
  titled(name: string): Passage[][];
}

export interface FoundPassages {
  passages: CitedPassage[];
  dense: boolean;
  focus?: Focus | undefined;
}

interface Asking {
  passageTokens?: number | undefined;
  cohort?: string | undefined;
  signal: AbortSignal;
}

/** A poem is whole with these; of an essay it is the beginning. */
const MOST_OF_A_CHAPTER = 4;

/** The numbered passages a question is answered from: those it leads to by itself, then those found. */
export function createPassageFinder(
  parts: RewordingParts & {
    library: TutorLibrary;
    countTokens: CountTokens;
    limits: RetrievalLimits;
  },
) {
  const { retriever, library, countTokens, limits } = parts;
  const searchReworded = createRewordedSearch(parts);

  /** The first of the queries that the library has something on. */
  async function search(
    queries: readonly string[],
    besides: readonly string[],
  ): Promise<SearchResult> {
    let found: Retrieval | undefined;
    for (const query of new Set(queries)) {
      const limit = limits.passages + besides.length;
      found = await retriever.retrieve(query, { limit });
      const items = found.items.filter(({ passage }) => !besides.includes(passage.id));
      if (found.support >= limits.minSupport && items.length > 0)
        return { items: items.slice(0, limits.passages), dense: found.dense };
    }
    return { items: [], dense: found?.dense ?? true };
  }

  /** 「……」的下一句是什么 leads on from the passage that is found, 「关雎」 to the poem of that name. */
  function ledTo(found: readonly RetrievedPassage[], asked: string) {
    const [best] = found;
    const beside = best && besidePassage(best.passage, [asked], library);
    if (beside) return { first: beside.passages, focus: beside.focus };
    const first = chapterCalled(titleAskedFor(asked), found);
    const source = first.length > 0 || found.length > 0 ? asksForSource(asked) : false;
    return { first, focus: source ? ({ kind: 'source' } as const) : undefined, titled: true };
  }

  /** Of several chapters of one name the one that was found first. */
  function chapterCalled(name: string | undefined, found: readonly RetrievedPassage[]): Passage[] {
    const chapters = name === undefined ? [] : library.titled(name);
    const ranked = found.map(({ passage }) => passage.chapterId);
    const best = ranked.find((id) => chapters.some(([first]) => first?.chapterId === id));
    const chapter = chapters.find(([first]) => first?.chapterId === best) ?? chapters[0] ?? [];
    return chapter.slice(0, MOST_OF_A_CHAPTER);
  }

  return async (
    question: string,
    { query, fallbacks, besides, goesOn, ...resolved }: ResolvedQuestion,
    { passageTokens = limits.passageTokens, cohort, signal }: Asking,
  ): Promise<FoundPassages> => {
    if (query === undefined) return { passages: [], dense: true };
    // Whatever else may be found would only distract.
    const enough = resolved.focus?.kind === 'same' && resolved.anchors.length > 0;
    const queries = enough ? [] : [query, ...fallbacks];
    const plain = await search(queries, besides);
    // What was said before has led the others somewhere already.
    const alone = !goesOn && fallbacks.length === 0;
    const { items: found, dense } = alone
      ? await searchReworded({ question, cohort }, plain, { limit: limits.passages, signal })
      : plain;
    const led = goesOn
      ? { first: resolved.anchors, focus: resolved.focus }
      : ledTo(found, question);
    const first = led.first.length + found.length > 0 ? led.first : resolved.shown;
    const items =
      first.length > 0 ? inFront(first, found, limits.passages, 'titled' in led) : found;
    const numbered = items.map((item, index) => ({ ...item, n: index + 1 }));
    const passages = withinBudget(numbered, passageTokens, countTokens);
    return { passages, dense, focus: passages.length > 0 ? led.focus : undefined };
  };
}

/** As near to the question as the best that was found; what bears the very title that is asked for, nearer. */
function inFront(
  first: readonly Passage[],
  found: readonly RetrievedPassage[],
  limit: number,
  titled: boolean,
): RetrievedPassage[] {
  const score = titled ? 1 : (found[0]?.score ?? 1);
  const ids = new Set(first.map(({ id }) => id));
  const others = found.filter(({ passage }) => !ids.has(passage.id));
  return [...first.map((passage) => ({ passage, score })), ...others].slice(0, limit);
}

/** The best passages that fit as the prompt has them; the first always does. */
function withinBudget(
  passages: readonly CitedPassage[],
  budget: number,
  countTokens: CountTokens,
): CitedPassage[] {
  let used = 0;
  return passages.filter((passage, index) => {
    used += countTokens(writePassages([passage]));
    return index === 0 || used <= budget;
  });
}
