import { type CitedPassage, sourceName } from './citations.ts';
import type { Passage } from './passage.ts';
import { neighboursAskedFor, type PassageNeighbours } from './questions/neighbours-asked-for.ts';
import { pointsBack } from './questions/pointing-back.ts';
import { simplify } from './questions/simplify.ts';
import type { TutorMode } from './tutor-mode.ts';

export interface FollowUpParts {
  library: Pick<PassageNeighbours, 'neighbours'>;
  /** Whether the library has something on a question. */
  answerable: (question: string) => Promise<boolean>;
}

export interface Answered {
  question: string;
  answer: string;
  passages: readonly CitedPassage[];
  mode: TutorMode;
  /** What was asked before in the conversation. */
  asked: readonly string[];
  /** What the model proposed. */
  proposed: readonly string[];
}

const MOST_QUESTIONS = 3;
const MOST_CHARACTERS = 30;
const SHORTEST_PHRASE = 4;
const LONGEST_PHRASE = 10;
const MARKER = /\[(\d+)\]/g;
/** A list of words, or a reading in brackets behind one. */
const GLOSSED = /\*\*字词\*\*|## 字词|（[a-zāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜü ]+）/;
const ASKS_MEANING = /意思|怎么讲|怎么理解|含义|解释/;

/**
 * What may be asked next, of the model's proposals first: only what the library can answer. One that
 * only makes sense after this answer is about the passages of it.
 */
export async function followUpsOf(answered: Answered, parts: FollowUpParts): Promise<string[]> {
  if (answered.passages.length === 0) return [];
  const said = new Set([...answered.asked, answered.question].map(bare));
  const kept: string[] = [];
  for (const question of [...answered.proposed, ...madeByRule(answered, parts.library)]) {
    if (kept.length === MOST_QUESTIONS) break;
    if (said.has(bare(question))) continue;
    if (!pointsBack(question) && !(await parts.answerable(question))) continue;
    said.add(bare(question));
    kept.push(question);
  }
  return kept;
}

/** What makes two wordings the same question. */
function bare(question: string): string {
  return simplify(question).replaceAll(/[\p{P}\p{S}\s]+/gu, '');
}

/** Of the passages the answer points at, in its order; of one that points at none the best. */
function madeByRule(answered: Answered, library: FollowUpParts['library']): string[] {
  const { answer, passages, mode } = answered;
  const numbers = [...new Set([...answer.matchAll(MARKER)].map(([, n]) => Number(n)))];
  const cited = numbers.flatMap((number) => passages.find(({ n }) => n === number) ?? []);
  const [first, second] = cited.length > 0 ? cited : passages;
  const questions = [
    ...(first ? aboutPassage(first.passage, answered, library) : []),
    ...(second && mode !== 'socratic' ? aboutOther(second.passage) : []),
  ];
  return questions.filter((text) => [...text].length <= MOST_CHARACTERS);
}

/** Nothing that the answer has told already; step by step, nothing that would tell what is asked. */
function aboutPassage(
  passage: Passage,
  { question, answer, mode }: Answered,
  library: FollowUpParts['library'],
): string[] {
  const phrase = phraseOf(passage.text, question);
  if (phrase === undefined) return [];
  const { previous, next } = library.neighbours(passage.id);
  const goesOn = next && !neighboursAskedFor(question) ? [`「${phrase}」的下文讲什么？`] : [];
  const more = previous || next ? [`${simplify(sourceName(passage))}还讲了什么？`] : [];
  if (mode === 'socratic') return ['可以给我一点提示吗？', ...goesOn, ...more];
  const glossed = mode === 'explain' || GLOSSED.test(answer);
  const placed = answer.includes(`《${passage.work}`);
  const meant = mode === 'explain' || ASKS_MEANING.test(simplify(question));
  return [
    ...goesOn,
    ...(glossed ? [] : [`「${phrase}」里的字词怎么讲？`]),
    ...(placed ? [] : [`「${phrase}」出自哪里？`]),
    ...(meant ? [] : [`「${phrase}」是什么意思？`]),
    ...more,
    ...(passage.author ? [`${simplify(passage.author)}还写过什么？`] : []),
  ];
}

function aboutOther(passage: Passage): string[] {
  const phrase = phraseOf(passage.text, '');
  return phrase === undefined ? [] : [`「${phrase}」是什么意思？`];
}

/** Its words that stand for it, of those in the question if there are any; who says them is none. */
function phraseOf(text: string, question: string): string | undefined {
  const clauses = text.split(/[^\p{Script=Han}]+/u).filter((clause) => {
    const length = [...clause].length;
    return !/[曰云]$/.test(clause) && length >= SHORTEST_PHRASE && length <= LONGEST_PHRASE;
  });
  const asked = simplify(question);
  return clauses.find((clause) => asked.includes(simplify(clause))) ?? clauses[0];
}
