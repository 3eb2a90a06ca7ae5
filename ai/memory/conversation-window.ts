import { type CountTokens, MESSAGE_OVERHEAD_TOKENS } from '../tokens/count-tokens.ts';

export interface Turn {
  role: 'user' | 'assistant';
  content: string;
  /** Of an answer: the passages it was given, in the order of their numbers. */
  citations?: readonly { passageId: string }[];
}

export interface WindowMarks {
  /** More than this is never told word by word. */
  most: number;
  /** When it would be more, the oldest goes until no more than this is left. */
  least: number;
}

export type CountTurn = (turn: Turn) => number;

export function turnCounter(countTokens: CountTokens): CountTurn {
  return ({ content }) => countTokens(content) + MESSAGE_OVERHEAD_TOKENS;
}

/** An exchange is told even if it alone comes to more than the lower mark. */
const LAST_EXCHANGE = 2;

/**
 * The latest turns within the marks, beginning with a question. It drops a good piece at a time and
 * then keeps its beginning for many turns, so that a prompt begins as the one before it did; given
 * the same turns and one more it comes to the same beginning.
 */
export function conversationWindow(
  turns: readonly Turn[],
  { most, least }: WindowMarks,
  count: CountTurn,
): Turn[] {
  const costs = turns.map(count);
  let from = 0;
  let held = 0;
  for (const [index, cost] of costs.entries()) {
    held += cost;
    if (held <= most) continue;
    const excess = () => held > most || (held > least && from <= index - LAST_EXCHANGE);
    while (from <= index && excess()) {
      held -= costs[from] ?? 0;
      from += 1;
    }
  }
  const first = turns.findIndex(({ role }, index) => index >= from && role === 'user');
  return first < 0 ? [] : turns.slice(first);
}

/** How many of the oldest turns to fold away so that `least` is left; whole questions with answers. */
export function turnsToFold(
  turns: readonly Turn[],
  { most, least }: WindowMarks,
  count: CountTurn,
): number {
  const costs = turns.map(count);
  let held = costs.reduce((sum, cost) => sum + cost, 0);
  if (held <= most) return 0;
  let folded = 0;
  for (const [index, cost] of costs.slice(0, -LAST_EXCHANGE).entries()) {
    held -= cost;
    folded = index + 1;
    if (held <= least && turns[folded]?.role === 'user') break;
  }
  return folded;
}
