import type { Citation, Quote } from '../citations/citation.ts';

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

export interface Message {
  id: string;
  sessionId: string;
  position: number;
  role: 'user' | 'assistant';
  content: string;
  status: MessageStatus;
  citations: Citation[];
  quotes: Quote[];
  usage: Usage | null;
  favorite: boolean;
  createdAt: Date;
}

/** How an answer ended; the text that was written stays, whatever the outcome. */
export interface AnswerOutcome {
  status: Exclude<MessageStatus, 'streaming'>;
  content: string;
  citations: Citation[];
  quotes: Quote[];
  usage: Usage | null;
}
