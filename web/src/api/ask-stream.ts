import { type AnswerEvent, readAnswerEvent } from './answer-event.ts';
import type { ApiClient } from './api-client.ts';
import { ApiError } from './api-error.ts';
import { readWithIdleLimit } from './idle-limit.ts';
import { createSseParser } from './sse-parser.ts';
import type { Message, Page } from './types.ts';

export interface AnswerListener {
  onEvent(event: AnswerEvent): void;
  /** True while the line is down and being re-established. */
  onReconnecting(down: boolean): void;
}

/** How far an answer has been heard: what makes resuming lose nothing and double nothing. */
interface Progress {
  messageId: string | null;
  last: number;
}

interface Heard {
  progress: Progress;
  listener: AnswerListener;
}

const EVENT_STREAM = 'text/event-stream';
/** The server comments at least every 15 s; three missed ones mean the line is dead. */
const IDLE_LIMIT_MS = 45_000;
const BACKOFF_MS = [400, 1000, 2000, 4000, 8000, 8000, 8000, 8000];

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));
const isTerminal = (event: AnswerEvent): boolean => event.name === 'done' || event.name === 'error';

/** Passes on each event once, in order; true when the answer is over. A gap reads as a broken line. */
async function hear(body: ReadableStream<Uint8Array>, { progress, listener }: Heard) {
  const parser = createSseParser();
  const reader = body.getReader();
  try {
    for (;;) {
      const { done, value } = await readWithIdleLimit(reader, IDLE_LIMIT_MS);
      if (done) return false;
      for (const source of parser.push(value)) {
        const id = Number(source.id);
        if (id <= progress.last) continue;
        if (id > progress.last + 1) return false;
        progress.last = id;
        listener.onReconnecting(false);
        const event = readAnswerEvent(source);
        if (event === null) continue;
        if (event.name === 'meta') progress.messageId = event.messageId;
        listener.onEvent(event);
        if (isTerminal(event)) return true;
      }
    }
  } catch {
    return false;
  } finally {
    reader.cancel().catch(() => undefined);
  }
}

/** The stored message, for when its events are gone: an answer is kept for good, its log is not. */
async function findMessage(client: ApiClient, sessionId: string, messageId: string) {
  const page = await client.call<Page<Message>>(
    `/api/sessions/${sessionId}/messages?order=desc&limit=20`,
  );
  return page.items.find((message) => message.id === messageId) ?? null;
}

async function finishFromStore(client: ApiClient, sessionId: string, heard: Heard) {
  const { progress, listener } = heard;
  const message = await findMessage(client, sessionId, progress.messageId ?? '');
  if (message === null || message.status === 'streaming') return false;
  listener.onReconnecting(false);
  listener.onEvent({ id: progress.last + 1, name: 'done', message });
  return true;
}

async function resumeOnce(client: ApiClient, sessionId: string, heard: Heard): Promise<boolean> {
  const { progress } = heard;
  try {
    const path = `/api/messages/${progress.messageId}/events?after=${progress.last}`;
    const response = await client.open(path, { accept: EVENT_STREAM });
    const over = response.body !== null && (await hear(response.body, heard));
    return over || (await finishFromStore(client, sessionId, heard));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return finishFromStore(client, sessionId, heard);
    if (error.status === 401 || error.status === 403) throw error;
    return false;
  }
}

/** Goes on from the last event heard until the answer is over; gives up after a minute of silence. */
async function resume(client: ApiClient, sessionId: string, heard: Heard): Promise<void> {
  let failures = 0;
  while (failures < BACKOFF_MS.length) {
    const before = heard.progress.last;
    if (await resumeOnce(client, sessionId, heard)) return;
    failures = heard.progress.last > before ? 0 : failures + 1;
    heard.listener.onReconnecting(true);
    await pause(BACKOFF_MS[Math.max(failures - 1, 0)] ?? 0);
  }
  throw ApiError.local('connection_lost');
}

/** Listens to an answer that is already being written, from its first event. */
export function followAnswer(
  client: ApiClient,
  answer: { sessionId: string; messageId: string },
  listener: AnswerListener,
): Promise<void> {
  const progress = { messageId: answer.messageId, last: 0 };
  return resume(client, answer.sessionId, { progress, listener });
}

interface WholeAnswer {
  userMessage: Message;
  message: Message;
}

function tellWhole({ userMessage, message }: WholeAnswer, listener: AnswerListener): void {
  listener.onEvent({
    id: 1,
    name: 'meta',
    userMessageId: userMessage.id,
    messageId: message.id,
  });
  listener.onEvent({ id: 2, name: 'done', message });
}

/**
 * Asks and listens to the end. When the line breaks before the server named the answer, the same
 * question is put again under the same key, which the server answers once only.
 */
export async function askQuestion(
  client: ApiClient,
  question: { sessionId: string; content: string; idempotencyKey: string },
  listener: AnswerListener,
): Promise<void> {
  const { sessionId, content, idempotencyKey } = question;
  const heard: Heard = { progress: { messageId: null, last: 0 }, listener };
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (attempt > 0) await pause(BACKOFF_MS[attempt] ?? 0);
    const response = await client.open(`/api/sessions/${sessionId}/messages`, {
      method: 'POST',
      body: { content },
      idempotencyKey,
      accept: EVENT_STREAM,
    });
    if (!response.headers.get('Content-Type')?.startsWith(EVENT_STREAM)) {
      const { data } = (await response.json()) as { data: WholeAnswer };
      return tellWhole(data, listener);
    }
    if (response.body !== null && (await hear(response.body, heard))) return;
    listener.onReconnecting(true);
    if (heard.progress.messageId !== null) return resume(client, sessionId, heard);
  }
  throw ApiError.local('connection_lost');
}
