import { Agent, type IncomingMessage, request } from 'node:http';
import { createSseParser, type ServerSentEvent } from '../../web/src/api/sse-parser.ts';

const agent = new Agent({ keepAlive: true, maxSockets: 2_000 });
const PATIENCE_MS = 60_000;

export interface Said {
  status: number;
  text: string;
}

/** A connection that broke, was refused, or kept silent. */
export class Broken extends Error {}

export interface Sending {
  method: string;
  url: string;
  token?: string | undefined;
  body?: object | undefined;
  headers?: Record<string, string>;
}

/** The whole reply; throws {@link Broken} where there is none. */
export async function call(sending: Sending): Promise<Said> {
  const response = await send(sending);
  let text = '';
  for await (const piece of textOf(response)) text += piece;
  return { status: response.statusCode ?? 0, text };
}

/** The events as they come; a refusal comes as its status. */
export async function* listen(
  sending: Sending,
): AsyncGenerator<ServerSentEvent | { status: number }> {
  const headers = { ...sending.headers, accept: 'text/event-stream' };
  const response = await send({ ...sending, headers });
  if (response.statusCode !== 200) {
    response.resume();
    yield { status: response.statusCode ?? 0 };
    return;
  }
  const parser = createSseParser();
  for await (const bytes of bytesOf(response)) yield* parser.push(bytes);
}

function send({ method, url, token, body, headers }: Sending): Promise<IncomingMessage> {
  const bytes = body && Buffer.from(JSON.stringify(body));
  return new Promise((resolve, reject) => {
    const sent = request(url, {
      ...{ method, agent, timeout: PATIENCE_MS },
      headers: {
        ...(bytes ? { 'content-type': 'application/json', 'content-length': bytes.length } : {}),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...headers,
      },
    });
    sent.on('timeout', () => sent.destroy(new Error('silence')));
    sent.on('error', (error: NodeJS.ErrnoException) =>
      reject(new Broken(error.code ?? error.message)),
    );
    sent.on('response', resolve);
    sent.end(bytes);
  });
}

async function* bytesOf(response: IncomingMessage): AsyncGenerator<Buffer> {
  try {
    yield* response;
  } catch {
    throw new Broken('cut off');
  }
  if (!response.complete) throw new Broken('cut off');
}

async function* textOf(response: IncomingMessage): AsyncGenerator<string> {
  const decoder = new TextDecoder();
  for await (const bytes of bytesOf(response)) yield decoder.decode(bytes, { stream: true });
}
