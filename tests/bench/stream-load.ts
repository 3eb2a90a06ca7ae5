import { Agent, request } from 'node:http';
import { createSseParser } from '../../web/src/api/sse-parser.ts';
import * as contract from '../support/contract-schemas.ts';
import { dataOf } from './asking.ts';
import { API_KEY, QUESTION, TEXT } from './stream-settings.ts';

/** One answer as its listener saw it. */
export interface Heard {
  firstTextMs: number;
  wholeMs: number;
  /** Events with text in them. */
  events: number;
}

/** Something that streams answers. */
export interface Source {
  /** What must be there before so many can be asked; it is not measured. */
  prepare(answers: number): Promise<Call[]>;
}

export interface Call {
  url: string;
  headers: Record<string, string>;
  body: string;
  /** The text that an event brings. */
  textOf(event: string, data: string): string;
}

const json = { 'content-type': 'application/json' };
const agent = new Agent({ keepAlive: true, maxSockets: 1_000 });

/** An address has only so many guests a day whom anything is given. */
const GUESTS = 200;

/** The program: everybody at once is a guest of his own, in a conversation of his own. */
export function programAt(url: string): Source {
  const post = async (path: string, body: object, headers: Record<string, string>) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body) });
  const guests: string[] = [];
  let turns = 0;
  async function nextGuest(): Promise<string> {
    const turn = turns++ % GUESTS;
    guests[turn] ??= (
      await dataOf(await post('/api/auth/guest', {}, json), contract.login)
    ).accessToken;
    return guests[turn];
  }
  async function nextCall(): Promise<Call> {
    const accessToken = await nextGuest();
    const headers = { ...json, authorization: `Bearer ${accessToken}` };
    const session = await dataOf(await post('/api/sessions', {}, headers), contract.session);
    return {
      url: `${url}/api/sessions/${session.id}/messages`,
      headers: { ...headers, accept: 'text/event-stream' },
      body: JSON.stringify({ content: QUESTION }),
      textOf(event, data) {
        if (event === 'error') throw new Error(`an answer failed: ${data}`);
        return event === 'delta' ? JSON.parse(data).text : '';
      },
    };
  }
  return {
    async prepare(answers) {
      const calls: Call[] = [];
      while (calls.length < answers) calls.push(await nextCall());
      return calls;
    },
  };
}

/** The proxy, or the model itself: it is sent what the program sends, passages and all. */
export function modelAt(url: string): Source {
  const messages = [
    { role: 'system', content: '你是国学导师，只依据给出的原文回答。'.repeat(40) },
    { role: 'user', content: `[1]《论语·为政篇》\n学而不思则罔，思而不学则殆。\n\n${QUESTION}` },
  ];
  const call: Call = {
    url: `${url}/chat/completions`,
    headers: { ...json, authorization: `Bearer ${API_KEY}` },
    body: JSON.stringify({
      ...{ model: 'deepseek-flash', messages, stream: true, max_tokens: 1_500 },
      ...{ stream_options: { include_usage: true }, thinking: { type: 'disabled' } },
    }),
    textOf: (_event, data) =>
      data === '[DONE]' ? '' : (JSON.parse(data).choices[0]?.delta.content ?? ''),
  };
  return { prepare: async (answers) => Array.from({ length: answers }, () => call) };
}

/** All at once; each of them must be whole. */
export function askAll(calls: readonly Call[]): Promise<Heard[]> {
  return Promise.all(calls.map(ask));
}

function ask({ url, headers, body, textOf }: Call): Promise<Heard> {
  const sentAt = performance.now();
  const parser = createSseParser();
  let [text, events, firstTextMs, last] = ['', 0, Number.NaN, ''];
  const hear = (bytes: Buffer) => {
    last = bytes.toString();
    for (const { event, data } of parser.push(bytes)) {
      const piece = textOf(event, data);
      if (piece === '') continue;
      if (events === 0) firstTextMs = performance.now() - sentAt;
      events += 1;
      text += piece;
    }
  };
  return new Promise((resolve, reject) => {
    const call = request(url, { method: 'POST', headers, agent });
    call.on('error', reject).on('response', (response) => {
      response.on('error', reject).on('data', (bytes: Buffer) => {
        try {
          hear(bytes);
        } catch (error) {
          reject(error);
        }
      });
      response.on('end', () => {
        if (text === TEXT) resolve({ firstTextMs, wholeMs: performance.now() - sentAt, events });
        else reject(new Error(`not whole (${response.statusCode}): ${last.slice(-300)}`));
      });
    });
    call.end(body);
  });
}
