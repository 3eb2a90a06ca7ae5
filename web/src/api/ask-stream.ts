import { type AnswerLine, hearOnce, rest } from './answer-line.ts';
import { ApiError } from './api-error.ts';
import type { Message } from './types.ts';

const EVENT_STREAM = 'text/event-stream';
const BACKOFF_MS = [400, 1000, 2000, 4000, 8000, 8000, 8000, 8000];
/** While the browser says that there is no network, only its return is worth waiting for. */
const OFFLINE_MS = 8000;

/** What makes an answer: a question, or the wish for another answer to one. */
export interface Request {
  path: string;
  body: object;
  idempotencyKey: string;
}

/** The stored message, for when its events are gone: an answer is kept for good, its log is not. */
async function finishFromStore({ client, signal, progress, listener }: AnswerLine) {
  const { items } = await client.call<{ items: Message[] }>(
    `/api/messages/${progress.messageId}/versions`,
    { signal },
  );
  const message = items.find(({ id }) => id === progress.messageId);
  if (message === undefined || message.status === 'streaming') return false;
  listener.onReconnecting(false);
  listener.onEvent({ id: progress.last + 1, name: 'done', message });
  return true;
}

async function resumeOnce(line: AnswerLine): Promise<boolean> {
  const { client, progress } = line;
  try {
    const path = `/api/messages/${progress.messageId}/events?after=${progress.last}`;
    const over = await hearOnce(line, (signal) =>
      client.open(path, { accept: EVENT_STREAM, signal }),
    );
    return over || (await finishFromStore(line));
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    if (error.status === 404) return finishFromStore(line);
    if (error.status === 401 || error.status === 403) throw error;
    return false;
  }
}

/** Goes on from the last event heard until the answer is over; gives up after a minute of silence. */
export async function followAnswer(line: AnswerLine): Promise<void> {
  const { progress, network, listener } = line;
  let failures = 0;
  while (failures < BACKOFF_MS.length) {
    const before = progress.last;
    if (await resumeOnce(line)) return;
    line.signal.throwIfAborted();
    listener.onReconnecting(true);
    const online = network.online();
    if (progress.last > before) failures = 0;
    else if (online) failures += 1;
    await rest(line, online ? (BACKOFF_MS[Math.max(failures - 1, 0)] ?? 0) : OFFLINE_MS);
    line.signal.throwIfAborted();
  }
  throw ApiError.local('connection_lost');
}

function tellWhole(
  { userMessage, message }: { userMessage: Message; message: Message },
  { listener }: AnswerLine,
): void {
  const named = { userMessageId: userMessage.id, messageId: message.id };
  listener.onEvent({ id: 1, name: 'meta', ...named });
  listener.onEvent({ id: 2, name: 'done', message });
}

async function askOnce(line: AnswerLine, request: Request): Promise<boolean> {
  const { path, body, idempotencyKey } = request;
  try {
    return await hearOnce(line, async (signal) => {
      const options = { method: 'POST', body, idempotencyKey, accept: EVENT_STREAM } as const;
      const response = await line.client.open(path, { ...options, signal });
      if (response.headers.get('Content-Type')?.startsWith(EVENT_STREAM)) return response;
      const { data } = (await response.json()) as {
        data: { userMessage: Message; message: Message };
      };
      tellWhole(data, line);
      return true;
    });
  } catch (error) {
    // It may have arrived and only the reply be lost.
    if (error instanceof ApiError && error.slug === 'unreachable') return false;
    throw error;
  }
}

/**
 * Asks and listens to the end. When the line breaks before the server named the answer, the same
 * request is put again under the same key, which the server answers once only; without a network
 * it waits for one.
 */
export async function askForAnswer(line: AnswerLine, request: Request): Promise<void> {
  const { network, progress, listener } = line;
  for (let failures = 0; failures < BACKOFF_MS.length; ) {
    if (await askOnce(line, request)) return;
    line.signal.throwIfAborted();
    listener.onReconnecting(true);
    if (progress.messageId !== null) return followAnswer(line);
    const online = network.online();
    await rest(line, online ? (BACKOFF_MS[failures] ?? 0) : OFFLINE_MS);
    line.signal.throwIfAborted();
    if (online) failures += 1;
  }
  throw ApiError.local('unreachable');
}
