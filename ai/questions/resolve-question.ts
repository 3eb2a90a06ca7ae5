import type { Turn } from '../memory/conversation-window.ts';
import type { Passage } from '../passage.ts';
import type { TutorMode } from '../tutor-mode.ts';
import { citedIn, pointsAtAny } from './answer-citations.ts';
import { pointAskedFor, pointOf, wholePointOf } from './answer-points.ts';
import type { Focus } from './focus.ts';
import { leansOn } from './leaning.ts';
import { besidePassage, type PassageNeighbours } from './neighbours-asked-for.ts';
import { asksForAnother, isReply, onlyAsks, pointsBack, staysWithShown } from './pointing-back.ts';
import { simplify } from './simplify.ts';
import { isSmallTalk } from './small-talk.ts';
import { asksForSource } from './source-asked-for.ts';
import { type Exchange, exchangesToGoOnFrom, threadOf } from './talked-about.ts';
import { withWordAskedFor } from './word-asked-for.ts';

export interface ResolvedQuestion {
  /** What to search for: it stands alone. Undefined when nothing is to be searched. */
  query: string | undefined;
  /** What to search for instead, in turn, when the library has too little on the query. */
  fallbacks: string[];
  /** Passages that what was said before leads to; they come before whatever is found. */
  anchors: Passage[];
  /** What the first of them is to the question. */
  focus?: Focus | undefined;
  /** What was shown last: where nothing at all is found. */
  shown: Passage[];
  /** Ids of passages that something else is wanted than. */
  besides: string[];
  /** It goes on from what was said before. */
  goesOn: boolean;
}

const ASKS_FOR_MORE = /例|比如/;
const MOST_NAMES = 2;
const MOST_ANCHORS = 3;
const ABOUT_A_PERSON = /他|她|作者|谁/;

/** What a question asks, told without the conversation it stands in; by rules alone. */
export function resolveQuestion(
  { question, history, mode }: { question: string; history: readonly Turn[]; mode: TutorMode },
  library: PassageNeighbours,
): ResolvedQuestion {
  const alone = { query: question, fallbacks: [], anchors: [], shown: [], besides: [] };
  if (isSmallTalk(question)) return { ...alone, query: undefined, goesOn: false };
  // A learner who is asked by the tutor answers it, and every answer goes on from the one before.
  const goesOn = (text: string) => pointsBack(text) || (mode === 'socratic' && isReply(text));
  const thread = threadOf(exchangesToGoOnFrom(history), goesOn);
  const answer = thread.at(-1)?.answer;
  const shown = citedIn(answer, library);
  const query = queryWithin(thread, question, shown);
  if (thread.length === 0 || !(goesOn(question) || withWordAskedFor(question, shown).length > 0)) {
    const leans = thread.length > 0 && leansOn(question, thread);
    return { ...alone, fallbacks: leans ? [query] : [], goesOn: false };
  }
  const { passages, focus } = ledTo(question, thread, shown, library);
  const another = asksForAnother(question);
  return {
    ...{ query, fallbacks: [], focus, anchors: passages.slice(0, MOST_ANCHORS), goesOn: true },
    shown: another ? [] : shown,
    besides: another ? shownIn(thread, library) : [],
  };
}

function queryWithin(
  thread: readonly Exchange[],
  question: string,
  shown: readonly Passage[],
): string {
  const before = thread.map((exchange) => exchange.question);
  const answer = thread.at(-1)?.answer;
  const now = askedNow(question, answer);
  // 「再来一首」 holds no word of what is wanted.
  const asked = [...before, now].filter((text) => !asksForAnother(text));
  return [...asked, ...namesMeant(question, before, answer, shown)].join('\n');
}

/** A point of the last answer in its own words, else the question as it is. */
function askedNow(question: string, answer: Turn | undefined): string {
  const n = pointAskedFor(question);
  const point = n === undefined ? undefined : pointOf(answer?.content ?? '', n);
  return point ?? question;
}

/** Works, and where one asks for a person authors, of the last answer that were not named yet. */
function namesMeant(
  question: string,
  before: readonly string[],
  answer: Turn | undefined,
  shown: readonly Passage[],
): string[] {
  const said = [...before, question].join('\n');
  const works = (answer?.content ?? '').match(/《[^》\n]{1,20}》/g) ?? [];
  const authors = ABOUT_A_PERSON.test(simplify(question))
    ? shown.flatMap(({ author }) => author ?? [])
    : [];
  const names = [...new Set([...authors, ...works])];
  const unsaid = names.filter((name) => !said.includes(name.replaceAll(/[《》]/g, '')));
  return unsaid.slice(0, MOST_NAMES);
}

function ledTo(
  question: string,
  thread: readonly Exchange[],
  shown: readonly Passage[],
  library: PassageNeighbours,
): { passages: readonly Passage[]; focus?: Focus | undefined } {
  const asked = [...thread.map((exchange) => exchange.question), question];
  const [first] = shown;
  const beside = first && besidePassage(first, asked, library);
  if (beside) return beside;
  const withWord = withWordAskedFor(question, shown);
  if (withWord.length > 0) return { passages: withWord };
  const n = pointAskedFor(question);
  if (n !== undefined) {
    const meant = passageOfPoint(thread.at(-1)?.answer, n, shown, library);
    return meant ? { passages: [meant], focus: { kind: 'point' } } : { passages: [] };
  }
  if (!staysWithShown(question)) return { passages: [] };
  if (asksForSource(question)) return { passages: shown, focus: { kind: 'source' } };
  const same = onlyAsks(question) && !ASKS_FOR_MORE.test(simplify(question));
  return { passages: shown, focus: same ? { kind: 'same' } : undefined };
}

/** The one that the point itself points at; of an answer without points the one shown in that place. */
function passageOfPoint(
  answer: Turn | undefined,
  n: number,
  shown: readonly Passage[],
  library: PassageNeighbours,
): Passage | undefined {
  const point = wholePointOf(answer?.content ?? '', n);
  if (point === undefined) return shown.at(n < 0 ? n : n - 1);
  return pointsAtAny(point) ? citedIn(answer, library, point)[0] : undefined;
}

function shownIn(thread: readonly Exchange[], library: PassageNeighbours): string[] {
  return thread.flatMap(({ answer }) => citedIn(answer, library).map(({ id }) => id));
}
