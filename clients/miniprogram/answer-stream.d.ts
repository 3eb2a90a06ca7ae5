/** One event of an answer, as WebSockets and lines of JSON carry it. */
export interface StreamEvent {
  type: 'meta' | 'citations' | 'thinking' | 'delta' | 'done' | 'error';
  id: number;
  messageId: string;
  [field: string]: unknown;
}

export interface StreamFailure {
  /** 0 when there was no reply at all. */
  status: number;
  error: string;
  /** For a person, zh-CN. */
  message: string;
  /** Seconds; 0 when nothing was said about it. */
  retryAfter: number;
}

/** The part of `wx.request` that is used. */
export type WxRequest = (options: {
  url: string;
  method: 'GET' | 'POST';
  data: object | undefined;
  header: Record<string, string>;
  enableChunked: boolean;
  responseType: 'text';
  dataType: string;
  timeout: number;
  success(response: { statusCode: number; data?: unknown; header?: Record<string, string> }): void;
  fail(reason?: unknown): void;
}) => {
  abort?(): void;
  onChunkReceived?(listener: (chunk: { data: ArrayBuffer }) => void): void;
};

interface Wish {
  sessionId: string;
  /** The same key again is the same question; left out, one is made. Keep it to ask again later. */
  key?: string;
  model?: string;
  thinking?: boolean;
}

export interface AnswerOptions {
  /** Without a slash at its end; its domain belongs into the mini program's list. */
  baseUrl: string;
  /** The access token as it is now; asked before every call. */
  token(): string;
  /** Called once when the token is over; call `done` when `token()` returns a new one. */
  renewToken?(done: (error?: unknown) => void): void;
  /** One of these three. */
  ask?: (Wish & { content: string }) | undefined;
  regenerate?: (Wish & { messageId: string }) | undefined;
  listen?: { messageId: string; after?: number } | undefined;
  onEvent?(event: StreamEvent): void;
  /** After `done`, or after an `error` that the answer itself ended with. */
  onEnd?(event: StreamEvent): void;
  /** It was refused, or could not be reached for too long. */
  onFailure?(failure: StreamFailure): void;
  /** The connection broke and is opened again in so many milliseconds. */
  onWaiting?(milliseconds: number): void;
  /** So many calls in a row without a new event; 8 when left out. */
  attempts?: number;
  /** `wx.request` when left out. */
  request?: WxRequest;
  setTimeout?(work: () => void, milliseconds: number): unknown;
}

export interface OpenedAnswer {
  /** Stops listening; the answer goes on at the server and can be listened to again. */
  leave(): void;
  messageId(): string;
  /** The last event that came. */
  position(): number;
}

export function openAnswer(options: AnswerOptions): OpenedAnswer;
export function newKey(): string;
