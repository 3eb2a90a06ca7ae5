import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Broken, listen, type Sending } from './load-calls.ts';
import type { Accepted, Call, LoadRecord } from './load-record.ts';

export interface Question {
  sessionId: string;
  content: string;
  token: string;
  /** An API process that answers, another one after one did not. */
  url(): string;
  wentWrong(): void;
  record: LoadRecord;
}

/** How long a learner goes on asking for an answer that was accepted. */
const PATIENCE_MS = 90_000;
const RETRY_MS = 1_000;

/** What was heard of one answer so far, over however many connections. */
interface Hearing {
  accepted: Accepted | undefined;
  lastId: string | null;
  firstTextMs: number | undefined;
}

/**
 * Asks over SSE as the page does: under one key until it is accepted, and when the connection is lost,
 * for the rest. Resolves with `false` where the conversation is of no more use.
 */
export async function askByEvents(question: Question): Promise<boolean> {
  const hearing: Hearing = { accepted: undefined, lastId: null, firstTextMs: undefined };
  const key = randomUUID();
  const until = performance.now() + PATIENCE_MS;
  while (performance.now() < until) {
    const again = hearing.accepted !== undefined;
    const outcome = await hearOnce(question, hearing, again ? listening : asking(question, key));
    if (outcome === 'ok' || outcome === 'said failure') return true;
    if (/^4/.test(outcome) && !again) return false;
    question.wentWrong();
    await sleep(RETRY_MS);
  }
  return false;
}

type Sender = (url: string, token: string, hearing: Hearing) => Sending;

const asking =
  ({ sessionId, content }: Question, key: string): Sender =>
  (url, token) => ({
    ...{ method: 'POST', url: `${url}/api/sessions/${sessionId}/messages`, token },
    ...{ body: { content }, headers: { 'idempotency-key': key } },
  });

const listening: Sender = (url, token, { accepted, lastId }) => ({
  ...{ method: 'GET', token },
  url: `${url}/api/messages/${accepted?.messageId}/events?after=${lastId ?? 0}`,
});

async function hearOnce(question: Question, hearing: Hearing, sender: Sender): Promise<string> {
  const { record, token } = question;
  const sentAt = performance.now();
  const kind: Call['kind'] = sender === listening ? 'listen again' : 'ask (SSE)';
  const outcome = await hear(
    question,
    hearing,
    listen(sender(question.url(), token, hearing)),
    sentAt,
  );
  const endedAt = performance.now();
  const { firstTextMs } = hearing;
  const first = kind === 'ask (SSE)' && firstTextMs !== undefined ? { firstTextMs } : {};
  record.calls.push({ kind, endedAt, ms: endedAt - sentAt, outcome, ...first });
  return outcome;
}

async function hear(
  { record }: Question,
  hearing: Hearing,
  events: ReturnType<typeof listen>,
  sentAt: number,
): Promise<string> {
  try {
    for await (const event of events) {
      if ('status' in event) return String(event.status);
      // Without an id of its own (the parser keeps the last one): the stream failed, not the answer.
      const ofStream = event.id === null || event.id === hearing.lastId;
      if (ofStream && event.event === 'error') return 'stream gave up';
      hearing.lastId = event.id;
      const data = JSON.parse(event.data);
      if (event.event === 'meta' && !hearing.accepted) {
        hearing.accepted = { messageId: data.messageId, at: performance.now(), heard: 'nothing' };
        record.accepted.push(hearing.accepted);
      }
      if (event.event === 'delta') hearing.firstTextMs ??= performance.now() - sentAt;
      if (event.event === 'done' || event.event === 'error') {
        if (hearing.accepted) hearing.accepted.heard = event.event;
        return event.event === 'done' ? 'ok' : 'said failure';
      }
    }
    return 'cut off';
  } catch (error) {
    if (error instanceof Broken) return error.message;
    throw error;
  }
}
