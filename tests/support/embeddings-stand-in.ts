import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

export interface EmbeddingsRequest {
  model: string;
  input: string[];
  encoding_format?: string;
}

/** How the next answer goes wrong. */
export interface EmbeddingsFault {
  status?: number;
  delayMs?: number;
  dimension?: number;
  garbage?: boolean;
}

export interface EmbeddingsStandIn {
  url: string;
  requests: EmbeddingsRequest[];
  /** For the next requests, one each; afterwards all is well again. */
  enqueue(...faults: EmbeddingsFault[]): void;
  close(): Promise<void>;
}

/** Speaks the embeddings half of OpenAI's protocol; unless told otherwise a vector begins with its text's length. */
export async function startEmbeddingsStandIn({
  apiKey = 'sk-test',
  dimension = 8,
  embed = vectorOf,
} = {}): Promise<EmbeddingsStandIn> {
  const requests: EmbeddingsRequest[] = [];
  const faults: EmbeddingsFault[] = [];

  async function answer(request: http.IncomingMessage, response: http.ServerResponse) {
    const { input, ...rest } = await readBody(request);
    const texts = [input].flat();
    requests.push({ ...rest, input: texts });
    const fault = faults.shift() ?? {};
    if (fault.delayMs) await sleep(fault.delayMs);
    const known = request.headers.authorization === `Bearer ${apiKey}`;
    const status = fault.status ?? (known ? 200 : 401);
    if (request.url !== '/v1/embeddings') return send(response, 404, { error: {} });
    if (status !== 200) return send(response, status, { error: { message: `status ${status}` } });
    if (fault.garbage) return void response.end('<html>Bad gateway</html>');
    const data = texts.map((text, index) => ({
      object: 'embedding',
      index,
      embedding: embed(text, fault.dimension ?? dimension),
    }));
    send(response, 200, { object: 'list', data, model: rest.model, usage: {} });
  }

  const server = http.createServer((request, response) => {
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1`,
    requests,
    enqueue: (...more) => void faults.push(...more),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function vectorOf(text: string, dimension: number): number[] {
  return Array.from({ length: dimension }, (_, axis) => (axis === 0 ? text.length : 0.5));
}

/** One axis for each character, as far as they go: texts that share characters are near each other. */
export function charactersOf(text: string, dimension: number): number[] {
  const vector = Array.from({ length: dimension }, () => 0.001);
  for (const character of text) {
    const axis = (character.codePointAt(0) ?? 0) % dimension;
    vector[axis] = (vector[axis] ?? 0) + 1;
  }
  return vector;
}

async function readBody(
  request: http.IncomingMessage,
): Promise<Omit<EmbeddingsRequest, 'input'> & { input: string | string[] }> {
  let text = '';
  request.setEncoding('utf8');
  for await (const piece of request) text += piece;
  return JSON.parse(text);
}

function send(response: http.ServerResponse, status: number, body: object) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
