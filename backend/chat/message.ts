import type { Citation, Quote } from '../citations/citation.ts';

/** Why an answer failed, as its reader is told. */
export type AnswerFailure = 'model_failed' | 'content_rejected';

export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'failed';

/** What an answer cost in balance tokens, and why. */
export interface Receipt {
  cost: number;
  /** Whether it was asked in the provider's peak hours. */
  peak: boolean;
  /** Thousandths of a balance token for each provider token. */
  rates: { cached: number; prompt: number; completion: number };
  priceId: string;
}

export interface Usage extends Partial<Receipt> {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
  /** Part of what was written. */
  reasoningTokens?: number;
  cost: number;
  model: string;
}

export interface MessageFeedback {
  rating: 'up' | 'down';
  comment: string | null;
}

export interface Message {
  id: string;
  sessionId: string;
  position: number;
  role: 'user' | 'assistant';
  content: string;
  status: MessageStatus;
  /** Of a failed answer. */
  failure: AnswerFailure | null;
  citations: Citation[];
  quotes: Quote[];
  usage: Usage | null;
  favorite: boolean;
  feedback: MessageFeedback | null;
  followUps: string[];
  /** It ended because it had reached its greatest length. */
  truncated: boolean;
  /** Which question an answer answers; null for a question. */
  questionId: string | null;
  version: number;
  versions: number;
  /** Which model an answer was asked of; null for a question. */
  model: string | null;
  createdAt: Date;
}

/** How an answer ended; the text that was written stays, whatever the outcome. */
export interface AnswerOutcome {
  status: Exclude<MessageStatus, 'streaming'>;
  content: string;
  citations: Citation[];
  quotes: Quote[];
  followUps?: string[];
  truncated?: boolean;
  /** When the status is `failed`. */
  failure?: AnswerFailure;
  usage: Usage | null;
}
