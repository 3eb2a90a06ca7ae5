import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { WebSocket } from 'ws';
import { createSseParser } from '../../web/src/api/sse-parser.ts';

/** What people did through the balancer, and what they would call a failure. */
export interface Experience {
  requests: number;
  answers: number;
  /** Answers whose rest was heard over another connection. */
  resumed: number;
  sockets: number;
  failures: string[];
  /** Tokens spent by each account beside what its answers cost. */
  consumed: Map<string, number>;
}

interface Life {
  url: string;
  text: string;
  seen: Experience;
  leaving: AbortSignal;
}

interface Account {
  userId: string;
  token: string;
  sessionId: string;
}

/** Told once when a server ends in order: `going away` and `service restart`. */
const POLITE = [1001, 1012];
const PATIENCE_MS = 30_000;
const json = { 'content-type': 'application/json' };

async function call(life: Life, method: string, path: string, given: CallOptions = {}) {
  const { token, body, key } = given;
  life.seen.requests += 1;
  try {
    const response = await fetch(life.url + path, {
      method,
      headers: {
        ...json,
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(key ? { 'idempotency-key': key } : {}),
      },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    if (response.ok) return JSON.parse(text).data;
    life.seen.failures.push(`${method} ${path}: ${response.status} ${text.slice(0, 200)}`);
  } catch (error) {
    life.seen.failures.push(`${method} ${path}: ${String((error as Error).cause ?? error)}`);
  }
}

interface CallOptions {
  token?: string;
  body?: object;
  key?: string;
}

export async function signUp(life: Life): Promise<Account> {
  const { accessToken: token, user } = await call(life, 'POST', '/api/auth/guest', { body: {} });
  const { id } = await call(life, 'POST', '/api/sessions', { token, body: {} });
  return { token, userId: user.id, sessionId: id };
}

/** Reads, and now and then spends. */
export async function browse(life: Life, { token, userId }: Account): Promise<void> {
  while (!life.leaving.aborted) {
    await call(life, 'GET', '/api/library/search?q=学而时习之', { token });
    await call(life, 'GET', '/api/user/balance', { token });
    const body = { amount: 1, reason: '滚动重启' };
    const spent = await call(life, 'POST', '/api/billing/consume', {
      ...{ token, body, key: randomUUID() },
    });
    if (spent) life.seen.consumed.set(userId, (life.seen.consumed.get(userId) ?? 0) + 1);
    await call(life, 'POST', '/api/sessions', { token, body: {}, key: randomUUID() });
    await sleep(20);
  }
}

interface Heard {
  messageId: string | undefined;
  lastId: number;
  text: string;
  ended: 'done' | 'error' | undefined;
}

const nothing = (): Heard => ({ messageId: undefined, lastId: 0, text: '', ended: undefined });

/** Every event once and in order, over however many connections. */
function take(heard: Heard, id: number, name: string, data: Record<string, unknown>): void {
  if (id !== heard.lastId + 1) throw new Error(`event ${id} after ${heard.lastId}`);
  heard.lastId = id;
  if (name === 'meta') heard.messageId = String(data.messageId);
  if (name === 'delta') heard.text += String(data.text);
  if (name === 'done' || name === 'error') heard.ended = name;
}

function judge({ seen, text }: Life, heard: Heard, way: string): void {
  seen.answers += 1;
  if (heard.ended !== 'done') seen.failures.push(`${way}: the answer ended as ${heard.ended}`);
  else if (heard.text !== text) seen.failures.push(`${way}: heard ${heard.text.length} characters`);
}

/** Asks one question after the other and listens to SSE, going on where a stream broke off. */
export async function listen(life: Life, { token, sessionId }: Account): Promise<void> {
  const headers = { ...json, authorization: `Bearer ${token}`, accept: 'text/event-stream' };
  while (!life.leaving.aborted) {
    const heard = nothing();
    const ask = () =>
      fetch(`${life.url}/api/sessions/${sessionId}/messages`, {
        ...{ method: 'POST', headers: { ...headers, 'idempotency-key': randomUUID() } },
        body: JSON.stringify({ content: '「学而不思则罔」是什么意思？' }),
      });
    const resume = () =>
      fetch(`${life.url}/api/messages/${heard.messageId}/events?after=${heard.lastId}`, {
        headers,
      });
    try {
      await hear(await ask(), heard);
      for (const until = Date.now() + PATIENCE_MS; !heard.ended && Date.now() < until; ) {
        life.seen.resumed += 1;
        await hear(await resume(), heard);
      }
      judge(life, heard, 'SSE');
    } catch (error) {
      life.seen.failures.push(`SSE: ${String((error as Error).cause ?? error)}`);
    }
  }
}

/** A stream that is cut in the middle of an event is no failure: the rest is asked for again. */
async function hear(response: Response, heard: Heard): Promise<void> {
  if (!response.ok) throw new Error(`${response.status} ${await response.text()}`);
  const parser = createSseParser();
  try {
    for await (const bytes of response.body ?? []) {
      for (const { id, event, data } of parser.push(bytes)) {
        // Not of the answer, which goes on: this connection is over.
        if (event === 'error' && Number(id) <= heard.lastId) return;
        take(heard, Number(id), event, JSON.parse(data));
      }
    }
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
}

/** Asks over a WebSocket, and when the server says goodbye goes on over the next one. */
export async function converse(life: Life, account: Account): Promise<void> {
  while (!life.leaving.aborted) {
    const heard = nothing();
    const clientId = randomUUID();
    const ask = { type: 'ask', sessionId: account.sessionId, content: '何谓仁？', clientId };
    try {
      for (let turn = 0; !heard.ended && turn < 10; turn += 1) {
        const { messageId, lastId: after } = heard;
        if (messageId) life.seen.resumed += 1;
        const wish = messageId ? { type: 'subscribe', messageId, after } : ask;
        const code = await overSocket(life, account.token, wish, heard);
        if (!heard.ended && !POLITE.includes(code)) throw new Error(`closed with ${code}`);
      }
      judge(life, heard, 'WebSocket');
    } catch (error) {
      life.seen.failures.push(`WebSocket: ${String(error)}`);
    }
  }
}

/** Resolves with the code that the server closed with, or 1000 when the answer was over. */
function overSocket(life: Life, token: string, wish: object, heard: Heard): Promise<number> {
  life.seen.sockets += 1;
  const socket = new WebSocket(`${life.url.replace('http', 'ws')}/ws`);
  return new Promise((resolve, reject) => {
    socket.on('open', () => socket.send(JSON.stringify({ type: 'auth', token })));
    socket.on('error', reject);
    socket.on('close', resolve);
    socket.on('message', (message) => {
      const { type, id, ...data } = JSON.parse(message.toString());
      if (type === 'ready') return socket.send(JSON.stringify(wish));
      // Not of the answer, which goes on where it was accepted: this connection is over.
      if (id === undefined && heard.messageId && data.error === 'unavailable') {
        resolve(POLITE[0] ?? 0);
        return socket.close(1000);
      }
      if (id === undefined) return reject(new Error(JSON.stringify(data)));
      try {
        take(heard, id, type, data);
      } catch (error) {
        reject(error);
      }
      if (heard.ended) socket.close(1000);
    });
  });
}
