import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Response } from 'express';

/**
 * Sends a success whose data need not be in memory at once: any value in it may be an async iterable,
 * which becomes a list. Written at the pace the client reads; a client that leaves ends the reading.
 */
export async function sendJsonStream(
  response: Response,
  data: Record<string, unknown>,
): Promise<void> {
  response.type('json');
  try {
    await pipeline(Readable.from(successChunks(data)), response);
  } catch (error) {
    if (!clientLeft(error)) throw error;
  }
}

async function* successChunks(data: Record<string, unknown>): AsyncGenerator<string> {
  yield '{"code":0,"message":"success","data":';
  yield* jsonChunks(data);
  yield '}';
}

/** The JSON text of a value in pieces. */
export async function* jsonChunks(value: unknown): AsyncGenerator<string> {
  if (isAsyncIterable(value) || (Array.isArray(value) && holdsStream(value))) {
    let separator = '[';
    for await (const item of value) {
      yield separator;
      yield* jsonChunks(item);
      separator = ',';
    }
    yield separator === '[' ? '[]' : ']';
  } else if (isObject(value) && holdsStream(value)) {
    let separator = '{';
    for (const [key, field] of Object.entries(value)) {
      if (field === undefined) continue;
      yield `${separator}${JSON.stringify(key)}:`;
      yield* jsonChunks(field);
      separator = ',';
    }
    yield '}';
  } else {
    yield JSON.stringify(value);
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null;
}

function isAsyncIterable(value: unknown): value is AsyncIterable<unknown> {
  return isObject(value) && Symbol.asyncIterator in value;
}

function holdsStream(value: unknown): boolean {
  return isAsyncIterable(value) || (isObject(value) && Object.values(value).some(holdsStream));
}

function clientLeft(error: unknown): boolean {
  const { code }: { code?: unknown } = Object(error);
  return code === 'ERR_STREAM_PREMATURE_CLOSE';
}
