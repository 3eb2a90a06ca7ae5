import { z } from 'zod';
import { createSseParser } from '../../web/src/api/sse-parser.ts';
import * as contract from '../support/contract-schemas.ts';

interface FirstEvents {
  /** Since the question was sent. */
  firstDeltaMs: number;
  citations: number;
}

async function dataOf<Data extends z.ZodType>(
  response: Response,
  schema: Data,
): Promise<z.infer<Data>> {
  if (!response.ok) throw new Error(`${response.url}: ${response.status} ${await response.text()}`);
  return z.object({ data: schema }).parse(await response.json()).data as z.infer<Data>;
}

export async function get<Data extends z.ZodType>(
  url: string,
  path: string,
  schema: Data,
): Promise<z.infer<Data>> {
  return dataOf(await fetch(url + path), schema);
}

/** Makes a guest and a session, so that asking is all that remains to be done. */
export async function prepareQuestion(
  url: string,
): Promise<(content: string) => Promise<Response>> {
  const post = (path: string, body: object, headers: Record<string, string> = {}) =>
    fetch(url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
    });
  const { accessToken } = await dataOf(await post('/api/auth/guest', {}), contract.login);
  const authorization = `Bearer ${accessToken}`;
  const session = await dataOf(
    await post('/api/sessions', {}, { authorization }),
    contract.session,
  );
  return (content) =>
    post(
      `/api/sessions/${session.id}/messages`,
      { content },
      { authorization, accept: 'text/event-stream' },
    );
}

/** Listens to an answer to its end. */
export async function hear(asking: Promise<Response>): Promise<FirstEvents> {
  const asked = performance.now();
  const response = await asking;
  if (!response.ok) throw new Error(`asking: ${response.status} ${await response.text()}`);
  const parser = createSseParser();
  let firstDeltaMs = Number.NaN;
  let citations = 0;
  for await (const bytes of response.body ?? []) {
    for (const { event, data } of parser.push(bytes)) {
      if (event === 'error') throw new Error(data);
      if (event === 'delta' && Number.isNaN(firstDeltaMs)) firstDeltaMs = performance.now() - asked;
      if (event === 'done') citations = JSON.parse(data).message.citations.length;
    }
  }
  return { firstDeltaMs, citations };
}

/** The model's own stream, until its first piece of text. */
export async function firstContentMs(url: string, body: object): Promise<number> {
  const asked = performance.now();
  const response = await fetch(`${url}/chat/completions`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: 'Bearer sk-test' },
    body: JSON.stringify(body),
  });
  const parser = createSseParser();
  let first = Number.NaN;
  for await (const bytes of response.body ?? []) {
    for (const { data } of parser.push(bytes)) {
      const isText = data !== '[DONE]' && JSON.parse(data).choices[0]?.delta?.content;
      if (isText && Number.isNaN(first)) first = performance.now() - asked;
    }
  }
  return first;
}
