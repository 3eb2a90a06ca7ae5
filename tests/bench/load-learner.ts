import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { askByEvents } from './load-asking.ts';
import { Broken, call, type Said } from './load-calls.ts';
import type { Kind, LoadRecord } from './load-record.ts';
import { createListener } from './load-socket.ts';
import { quotations } from './questions.ts';

export interface Town {
  urls: readonly string[];
  chapters: readonly string[];
  record: LoadRecord;
  /** Mean pause of a learner between two things. */
  pauseMs: number;
  leaving: AbortSignal;
}

export interface Learner {
  email: string;
  token: string;
  sessions: string[];
}

/** How often a learner does each, out of a hundred times. */
const HABITS: [Kind, number][] = [
  ['list sessions', 20],
  ['read history', 22],
  ['search', 18],
  ['balance', 12],
  ['read a chapter', 10],
  ['ask (SSE)', 15],
  ['log in', 3],
];
const PASSWORD = '学而时习之 2500';
/** Every so many listen over a WebSocket. */
const LISTENERS = 5;
const WAVERING = ['ECONNREFUSED', 'ECONNRESET', 'EPIPE'];

export async function signUp(url: string): Promise<Learner> {
  const email = `learner-${randomUUID()}@example.org`;
  const said = await call({
    ...{ method: 'POST', url: `${url}/api/auth/register`, body: { email, password: PASSWORD } },
  });
  if (said.status !== 201) throw new Error(`nobody can sign up: ${said.text}`);
  const token: string = JSON.parse(said.text).data.accessToken;
  return { email, token, sessions: [] };
}

/** Lives until the town is left; resolves when the last answer has been heard. */
export async function live(n: number, learner: Learner, town: Town): Promise<void> {
  const listener = n % LISTENERS === 0 ? createListener() : undefined;
  let turn = n;
  const url = () => town.urls[turn % town.urls.length] ?? '';
  const wentWrong = () => {
    turn += 1;
  };

  /** As behind a balancer: who cannot be reached is passed over for the next. */
  async function say(kind: Kind, method: string, path: string, body?: object): Promise<Said> {
    const sentAt = performance.now();
    const once = () => call({ method, url: url() + path, token: learner.token, body });
    const note = (outcome: string) => {
      const endedAt = performance.now();
      town.record.calls.push({ kind, endedAt, ms: endedAt - sentAt, outcome });
    };
    try {
      const said = await once().catch((error: unknown) => {
        if (!(error instanceof Broken) || !WAVERING.includes(error.message)) throw error;
        wentWrong();
        if (error.message !== 'ECONNREFUSED') throw error;
        return once();
      });
      note(said.status < 400 ? 'ok' : String(said.status));
      return said;
    } catch (error) {
      if (!(error instanceof Broken)) throw error;
      note(error.message);
      return { status: 0, text: '' };
    }
  }

  async function session(): Promise<string | undefined> {
    const [known] = learner.sessions;
    if (known !== undefined) return known;
    const said = await say('list sessions', 'POST', '/api/sessions', {});
    if (said.status === 201) learner.sessions = [JSON.parse(said.text).data.id];
    return learner.sessions[0];
  }

  async function ask(): Promise<void> {
    const sessionId = await session();
    if (sessionId === undefined) return;
    const content = `「${pick(quotations)}」是什么意思？`;
    const question = {
      ...{ sessionId, content, token: learner.token },
      url,
      wentWrong,
      record: town.record,
    };
    const usable = await (listener ? listener.ask(question) : askByEvents(question));
    if (!usable) learner.sessions = [];
  }

  async function logIn(): Promise<void> {
    const credentials = { email: learner.email, password: PASSWORD };
    const said = await say('log in', 'POST', '/api/auth/email-login', credentials);
    if (said.status === 200) learner.token = JSON.parse(said.text).data.accessToken;
  }

  const DEEDS: Partial<Record<Kind, () => Promise<unknown>>> = {
    'list sessions': () => say('list sessions', 'GET', '/api/sessions'),
    'read history': async () =>
      say('read history', 'GET', `/api/sessions/${await session()}/messages?order=desc`),
    'read a chapter': () => say('read a chapter', 'GET', pick(town.chapters)),
    search: () =>
      say('search', 'GET', `/api/library/search?${new URLSearchParams({ q: pick(quotations) })}`),
    balance: () => say('balance', 'GET', '/api/user/balance'),
    'ask (SSE)': ask,
    'log in': logIn,
  };

  while (await pause(town)) await DEEDS[habit()]?.();
  listener?.leave();
}

const pick = <Item>(items: readonly Item[]): Item =>
  items[Math.floor(Math.random() * items.length)] as Item;

function habit(): Kind {
  let drawn = Math.random() * HABITS.reduce((sum, [, weight]) => sum + weight, 0);
  for (const [kind, weight] of HABITS) {
    drawn -= weight;
    if (drawn < 0) return kind;
  }
  return 'balance';
}

/** Random arrivals; `false` when it is time to leave. */
async function pause({ pauseMs, leaving }: Town): Promise<boolean> {
  const ms = -Math.log(1 - Math.random()) * pauseMs;
  return sleep(ms, true, { signal: leaving }).catch(() => false);
}
