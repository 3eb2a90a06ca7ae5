import type { z } from 'zod';
import { createSseParser, type ServerSentEvent } from '../../web/src/api/sse-parser.ts';
import * as contract from '../support/contract-schemas.ts';

/** An answer heard by Server-Sent Events; times are milliseconds since the question was sent. */
export interface TimedAnswer {
  content: string;
  /** Whole, names a passage by number, and brings that passage along. */
  cited: boolean;
  /** The texts of the passages it brings along. */
  sources: string[];
  /** On the clock of `performance.now()`. */
  sentAt: number;
  metaMs: number;
  deltaMs: number;
}

/** The events of a stream, each with the moment its last byte came. */
export async function* timedEvents(
  response: Response,
): AsyncGenerator<ServerSentEvent & { at: number }> {
  const parser = createSseParser();
  for await (const bytes of response.body ?? []) {
    const at = performance.now();
    for (const event of parser.push(bytes)) yield { ...event, at };
  }
}

/** As somebody new, in a new conversation: neither history nor a daily quota gets in the way. */
export async function askAsGuest(
  url: string,
  content: string,
  signal: AbortSignal,
): Promise<TimedAnswer> {
  const json = { 'content-type': 'application/json' };
  const post = (path: string, body: object, headers: Record<string, string>) =>
    fetch(url + path, { method: 'POST', headers, body: JSON.stringify(body), signal });
  const { accessToken } = await dataOf(await post('/api/auth/guest', {}, json), contract.login);
  const headers = { ...json, authorization: `Bearer ${accessToken}` };
  const session = await dataOf(await post('/api/sessions', {}, headers), contract.session);
  const path = `/api/sessions/${session.id}/messages`;
  const sentAt = performance.now();
  const response = await post(path, { content }, { ...headers, accept: 'text/event-stream' });
  if (!response.ok) throw new Error(`${content} was refused: ${await response.text()}`);
  return readAnswer(response, content, sentAt);
}

async function readAnswer(
  response: Response,
  question: string,
  sentAt: number,
): Promise<TimedAnswer> {
  const firstMs = new Map<string, number>();
  let done: z.infer<typeof contract.events.done> | undefined;
  for await (const { event, data, at } of timedEvents(response)) {
    if (!firstMs.has(event)) firstMs.set(event, at - sentAt);
    if (event === 'error') throw new Error(`${question} failed: ${data}`);
    if (event === 'done') done = contract.events.done.parse(JSON.parse(data));
  }
  if (!done) throw new Error(`the answer to ${question} ended without "done"`);
  const { content, status, citations } = done.message;
  const [metaMs, deltaMs] = [firstMs.get('meta'), firstMs.get('delta')];
  if (metaMs === undefined || deltaMs === undefined) {
    throw new Error(`the answer to ${question} had only ${[...firstMs.keys()].join(', ')}`);
  }
  const isNamed = citations.some(({ n }) => content.includes(`[${n}]`));
  const sources = citations.map(({ text }) => text);
  const cited = status === 'complete' && isNamed;
  return { content, cited, sources, sentAt, metaMs, deltaMs };
}

/** What a success carries, checked against the contract. */
export async function dataOf<Schema extends z.ZodType>(
  response: Response,
  schema: Schema,
): Promise<z.infer<Schema>> {
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.url} says ${response.status}: ${text}`);
  return schema.parse(JSON.parse(text).data);
}
