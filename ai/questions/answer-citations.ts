import type { Turn } from '../memory/conversation-window.ts';
import type { Passage } from '../passage.ts';

const MARKER = /\[(\d+)\]/g;

export interface PassagesById {
  passage(id: string): Passage | undefined;
}

/** The passages an answer points at, in its order; of one that points at none the first it was given. */
export function citedIn(
  answer: Turn | undefined,
  library: PassagesById,
  part = answer?.content ?? '',
): Passage[] {
  const given = answer?.citations ?? [];
  const numbers = [...part.matchAll(MARKER)].map(([, n]) => Number(n));
  const named = [...new Set(numbers.length > 0 ? numbers : [1])].map((n) => given[n - 1]);
  return named.flatMap((citation) => (citation && library.passage(citation.passageId)) ?? []);
}

export function pointsAtAny(text: string): boolean {
  return text.search(MARKER) >= 0;
}
