import type { CitedPassage } from './citations.ts';
import type { ModelUsage } from './providers/answer-model.ts';

/** What is heard of an answer while it is made. */
export type TutorEvent =
  | { type: 'citations'; citations: CitedPassage[]; dense: boolean }
  /** What is about to be sent comes to so many tokens, by our own count. */
  | { type: 'prompt'; tokens: number }
  | { type: 'thinking'; text: string }
  | { type: 'text'; text: string }
  /** What may be asked next; at most once, after the text. */
  | { type: 'follow-ups'; questions: string[] }
  | { type: 'usage'; usage: ModelUsage }
  /** Always last of a whole answer; `truncated` when it had reached its greatest length. */
  | { type: 'end'; truncated: boolean };
