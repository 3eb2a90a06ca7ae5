import { type AnswerEvent, readAnswerEvent } from './answer-event.ts';
import type { ApiClient } from './api-client.ts';
import { readWithIdleLimit } from './idle-limit.ts';
import type { Network } from './network.ts';
import { createSseParser } from './sse-parser.ts';

export interface AnswerListener {
  onEvent(event: AnswerEvent): void;
  /** True while the line is down and being re-established. */
  onReconnecting(down: boolean): void;
}

/** How far an answer has been heard: what makes resuming lose nothing and double nothing. */
export interface Progress {
  messageId: string | null;
  last: number;
}

/** One listening to one answer, over however many connections. */
export interface AnswerLine {
  client: ApiClient;
  network: Network;
  /** Nobody wants to hear any more. */
  signal: AbortSignal;
  progress: Progress;
  listener: AnswerListener;
}

/** The server comments at least every 15 s; three missed ones mean the line is dead. */
const IDLE_LIMIT_MS = 45_000;

const isTerminal = (event: AnswerEvent): boolean => event.name === 'done' || event.name === 'error';

/** Passes on each event once, in order; true when the answer is over. A gap reads as a broken line. */
async function hear(body: ReadableStream<Uint8Array>, { progress, listener }: AnswerLine) {
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

/**
 * One connection: opened, heard to its end, and given up as soon as the network changes beneath it.
 * `open` may tell by itself that the answer is over, with true.
 */
export async function hearOnce(
  line: AnswerLine,
  open: (signal: AbortSignal) => Promise<Response | true>,
): Promise<boolean> {
  const cut = new AbortController();
  const hangUp = () => cut.abort();
  const unwatch = line.network.watch(hangUp);
  line.signal.addEventListener('abort', hangUp);
  try {
    const opened = await open(cut.signal);
    if (opened === true) return true;
    return opened.body !== null && (await hear(opened.body, line));
  } catch (error) {
    line.signal.throwIfAborted();
    if (cut.signal.aborted) return false;
    throw error;
  } finally {
    unwatch();
    line.signal.removeEventListener('abort', hangUp);
  }
}

/** Waits, but no longer than until the network changes or nobody listens any more. */
export function rest({ network, signal }: AnswerLine, ms: number): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      clearTimeout(timer);
      unwatch();
      signal.removeEventListener('abort', wake);
      resolve();
    };
    const timer = setTimeout(wake, ms);
    const unwatch = network.watch(wake);
    signal.addEventListener('abort', wake);
  });
}
