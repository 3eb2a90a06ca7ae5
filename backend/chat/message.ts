export type MessageStatus = 'streaming' | 'complete' | 'stopped' | 'failed';

/** As it is stored with the message, so that it survives whatever happens to the library. */
export interface Citation {
  n: number;
  passageId: string;
  work: string;
  chapter: string;
  author: string | null;
  dynasty: string | null;
  text: string;
  score: number;
}

export interface Quote {
  text: string;
  verdict: 'exact' | 'variant' | 'unknown';
  passageId: string | null;
  work: string | null;
  chapter: string | null;
  found: string | null;
}

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
