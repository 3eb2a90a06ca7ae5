import type { Citation, Quote } from '../citations/citation.ts';

export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'failed';

export interface Usage {
  promptTokens: number;
  cachedTokens: number;
  completionTokens: number;
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
