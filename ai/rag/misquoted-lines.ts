import type { Question } from './question.ts';
import type { QuotationIndex } from './quotation-index.ts';

/** Shorter words have too many lines that differ from them by a character; longer ones are looked for elsewhere. */
const SHORTEST = 5;
const LONGEST = 60;
/** No line of the classics has these, and nearly every question in the words of today has one. */
const MODERN = /[的们吗呢吧呀么]/u;

/** The passages with the lines that a question quotes with a slip, and which share of each is right. */
export function misquotedLines(
  { parts }: Question,
  quotations: Pick<QuotationIndex, 'findNearest'>,
): ReadonlyMap<string, number> {
  const lines = new Map<string, number>();
  for (const part of parts) {
    if (part.length < SHORTEST || part.length > LONGEST || MODERN.test(part)) continue;
    const match = quotations.findNearest(part);
    if (match) lines.set(match.passage.id, 1 - match.distance / part.length);
  }
  return lines;
}
