import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import * as contract from './contract-schemas.ts';
import { type EventStream, openEventStream } from './event-stream.ts';

type Headers_ = Record<string, string>;

export interface Reply {
  status: number;
  headers: Headers;
  text: string;
  /** What a success carries, checked against the contract. */
  data<Data extends z.ZodType>(schema: Data, status?: number): z.infer<Data>;
  /** What a failure says, checked against the contract. */
  failure(): z.infer<typeof contract.failure> & { status: number };
}

export interface Client {
  /** A body that is text or bytes goes as it is, anything else as JSON. */
  call(method: string, path: string, body?: unknown, headers?: Headers_): Promise<Reply>;
  get(path: string, headers?: Headers_): Promise<Reply>;
  post(path: string, body?: unknown, headers?: Headers_): Promise<Reply>;
}

export interface Learner extends Client {
  login: contract.Login;
  openSession(body?: object): Promise<contract.Session>;
  /** Asks and listens. */
  ask(sessionId: string, content: string, more?: AskOptions): Promise<EventStream>;
  /** Asks and waits for the whole answer. */
  askWhole(sessionId: string, content: string, more?: AskOptions): Promise<contract.Answer>;
  /** Listens to an answer again. */
  listen(messageId: string, after?: number, headers?: Headers_): Promise<EventStream>;
  messages(sessionId: string): Promise<contract.Message[]>;
  balance(): Promise<z.infer<typeof contract.balance>>;
}

export interface AskOptions {
  model?: string;
  thinking?: boolean;
  key?: string;
}

export const PASSWORD = '学而时习之 2500';

export function someEmail(): string {
  return `learner-${randomUUID()}@example.org`;
}

export function visit(url: string, token?: string): Client {
  const authorization: Headers_ = token === undefined ? {} : { authorization: `Bearer ${token}` };
  const client: Client = {
    async call(method, path, body, headers = {}) {
      const isRaw = typeof body === 'string' || body instanceof Uint8Array;
      const response = await fetch(url + path, {
        method,
        headers: {
          ...(body ? { 'content-type': 'application/json' } : {}),
          ...authorization,
          ...headers,
        },
        ...(body === undefined ? {} : { body: isRaw ? Buffer.from(body) : JSON.stringify(body) }),
      });
      return toReply(response.status, response.headers, await response.text());
    },
    get: (path, headers) => client.call('GET', path, undefined, headers),
    post: (path, body = {}, headers) => client.call('POST', path, body, headers),
  };
  return client;
}

export async function asGuest(url: string): Promise<Learner> {
  const reply = await visit(url).post('/api/auth/guest');
  return asLearner(url, reply.data(contract.login, 201));
}

export async function register(url: string, email = someEmail()): Promise<Learner> {
  const reply = await visit(url).post('/api/auth/register', { email, password: PASSWORD });
  return asLearner(url, reply.data(contract.login, 201));
}

export function asLearner(url: string, login: contract.Login): Learner {
  const client = visit(url, login.accessToken);
  const authorization = `Bearer ${login.accessToken}`;
  const question = (content: string, { key, ...more }: AskOptions) => ({
    body: { content, ...more },
    headers: key === undefined ? {} : { 'idempotency-key': key },
  });
  return {
    ...client,
    login,
    openSession: async (body = {}) =>
      (await client.post('/api/sessions', body)).data(contract.session, 201),
    ask(sessionId, content, more = {}) {
      const { body, headers } = question(content, more);
      return openEventStream(`${url}/api/sessions/${sessionId}/messages`, {
        method: 'POST',
        headers: {
          ...{ authorization, 'content-type': 'application/json', accept: 'text/event-stream' },
          ...headers,
        },
        body: JSON.stringify(body),
      });
    },
    async askWhole(sessionId, content, more = {}) {
      const { body, headers } = question(content, more);
      const reply = await client.post(`/api/sessions/${sessionId}/messages`, body, headers);
      return reply.data(contract.answer);
    },
    listen(messageId, after, headers = {}) {
      const query = after === undefined ? '' : `?after=${after}`;
      return openEventStream(`${url}/api/messages/${messageId}/events${query}`, {
        headers: { authorization, accept: 'text/event-stream', ...headers },
      });
    },
    async messages(sessionId) {
      const reply = await client.get(`/api/sessions/${sessionId}/messages?limit=100`);
      return reply.data(contract.pageOf(contract.message)).items;
    },
    balance: async () => (await client.get('/api/user/balance')).data(contract.balance),
  };
}

function toReply(status: number, headers: Headers, text: string): Reply {
  return {
    ...{ status, headers, text },
    data(schema, expected = 200) {
      const body = JSON.parse(text);
      expect({ status, body }).toEqual({
        status: expected,
        body: { code: 0, message: 'success', data: expect.anything() },
      });
      expect(headers.get('x-request-id')).toBeTruthy();
      return schema.parse(body.data);
    },
    failure() {
      const said = contract.failure.parse(JSON.parse(text));
      expect(said.code).toBe(status);
      expect(said.requestId).toBe(headers.get('x-request-id'));
      return { ...said, status };
    },
  };
}
