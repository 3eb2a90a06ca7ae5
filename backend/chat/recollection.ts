import type { Turn } from '../../ai/memory/conversation-window.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Session } from './session.ts';
import type { SummaryStore } from './summary-store.ts';

/** What is remembered of a conversation when it goes on. */
export interface Recollection {
  summary: string | null;
  /** Oldest first: what was said after what the summary tells of. */
  turns: Turn[];
  /** Of the session when this was read. */
  revision: number;
  /** Everything before this position is in it, word by word, summed up or left behind. */
  upTo: number;
}

export interface RecollectionStores {
  messages: Pick<MessageStore, 'before'>;
  summaries: Pick<SummaryStore, 'read'>;
}

/** Settled messages of the positions from `from` up to, without, `upTo`. */
export interface Said {
  from: number;
  upTo: number;
  messages: Message[];
}

/** Between so many messages and twice as many are looked back at. */
const STRIDE = 64;

/**
 * Where looking back begins. It moves in strides, not with each message: else the beginning of the
 * prompt, which the provider has in its cache, would change with each question.
 */
export function beginningOf(upTo: number, summarised: number): number {
  const stride = Math.floor(Math.max(0, upTo - STRIDE) / STRIDE) * STRIDE;
  return Math.max(stride, summarised);
}

/** Straight from the database: what was said before a position. */
export async function readRecollection(
  { messages, summaries }: RecollectionStores,
  session: Pick<Session, 'id' | 'historyRevision'>,
  beforePosition: number,
): Promise<Recollection> {
  const stored = await summaries.read(session.id);
  const summary = stored && stored.upToPosition <= beforePosition ? stored : undefined;
  const from = beginningOf(beforePosition, summary?.upToPosition ?? 0);
  const said = await readSaid(messages, session.id, from, beforePosition);
  return {
    summary: summary?.content ?? null,
    turns: said.messages.flatMap(toTurns),
    revision: session.historyRevision,
    upTo: said.upTo,
  };
}

/**
 * Ends before a question whose answer is still being written. One that was not answered with a single
 * word is left out with its answer: so question and answer always take turns, and what comes later is
 * only ever added.
 */
export async function readSaid(
  messages: RecollectionStores['messages'],
  sessionId: string,
  from: number,
  before: number,
): Promise<Said> {
  if (before <= from) return { from, upTo: before, messages: [] };
  const read = await messages.before(sessionId, before, before - from);
  const within = read.filter(({ position }) => position >= from);
  const running = within.find(({ status }) => status === 'streaming');
  const upTo = within.find(({ id }) => id === running?.questionId) ?? running;
  const ended = within.filter(({ position }) => position < (upTo?.position ?? before));
  return { from, upTo: upTo?.position ?? before, messages: ended.filter(isAnswered) };
}

function isAnswered({ role, position }: Message, _: number, said: readonly Message[]): boolean {
  if (role === 'assistant') return true;
  const answer = said.find((each) => each.position > position);
  return answer?.role === 'assistant' && answer.content !== '';
}

/** One turn, or none of a message that says nothing. */
export function toTurns({ role, content, citations }: Message): Turn[] {
  if (content === '') return [];
  if (role === 'user') return [{ role, content }];
  return [{ role, content, citations: citations.map(({ passageId }) => ({ passageId })) }];
}
