import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Request, type Response } from 'express';
import type { AnswerEvent } from '../../backend/realtime/event-store.ts';
import {
  clientGone,
  resumePosition,
  sendEvents,
} from '../../backend/realtime/server-sent-events.ts';
import { createSseParser, type ServerSentEvent } from '../../web/src/api/sse-parser.ts';
import { aWhile, eventually } from '../support/eventually.ts';

const failure = () => ({ error: 'unavailable', message: '实时服务暂时不可用' });

async function* from(...events: AnswerEvent[]): AsyncGenerator<AnswerEvent> {
  yield* events;
}

/** Serves one route over a real connection while `use` reads it. */
async function serve(
  handle: (request: Request, response: Response) => unknown,
  use: (url: string) => Promise<void>,
): Promise<void> {
  const app = express();
  app.get('/', (request, response) => void handle(request, response));
  const server = createServer(app);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  try {
    await use(`http://127.0.0.1:${address.port}/`);
  } finally {
    server.closeAllConnections();
    server.close();
  }
}

async function framesOf(url: string): Promise<ServerSentEvent[]> {
  const response = await fetch(url);
  return createSseParser().push(new Uint8Array(await response.arrayBuffer()));
}

describe('an event stream', () => {
  it('carries each event with its number, name and data, whatever the data', async () => {
    const data = ['学\n而\r\n时\u2028习', { quote: '「"\\」', n: 1 }, null, '𠀀😀', ''];
    const events = data.map((value, n) => ({ id: n + 1, name: 'delta' as const, data: value }));
    await serve(
      (_, response) => sendEvents(response, from(...events), failure),
      async (url) => {
        const frames = await framesOf(url);
        expect(frames.map(({ id, event }) => [id, event])).toEqual(
          events.map(({ id, name }) => [String(id), name]),
        );
        expect(frames.map((frame): unknown => JSON.parse(frame.data))).toEqual(data);
      },
    );
  });

  it('is never kept, changed or held back on its way', async () => {
    await serve(
      (_, response) => sendEvents(response, from(), failure),
      async (url) => {
        const { headers, status } = await fetch(url);
        expect(status).toBe(200);
        expect(headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
        expect(headers.get('cache-control')).toBe('no-cache, no-transform');
        expect(headers.get('x-accel-buffering')).toBe('no');
      },
    );
  });

  it('tells of a failure in an event without a number of its own, and ends', async () => {
    const breaking = async function* () {
      yield* from({ id: 1, name: 'meta', data: {} });
      throw new Error('the store is away');
    };
    await serve(
      (_, response) => sendEvents(response, breaking(), failure),
      async (url) => {
        const response = await fetch(url);
        const body = await response.text();
        expect(body).toContain('id: 1\nevent: meta\ndata: {}\n\n');
        expect(body.endsWith(`event: error\ndata: ${JSON.stringify(failure())}\n\n`)).toBe(true);
        expect(body.match(/^id:/gm)).toHaveLength(1);
        expect(body).not.toContain('the store is away');
      },
    );
  });

  it('writes no faster than it is read, and piles up no listeners meanwhile', async () => {
    const data = '学而时习之'.repeat(4_000);
    const [total, seen] = [400, { written: 0, listeners: 0 }];
    const watched = async function* (response: Response): AsyncGenerator<AnswerEvent> {
      while (seen.written < total) {
        seen.written += 1;
        seen.listeners = Math.max(seen.listeners, response.listenerCount('close'));
        yield { id: seen.written, name: 'delta', data };
      }
    };
    await serve(
      (_, response) => sendEvents(response, watched(response), failure),
      async (url) => {
        const response = await fetch(url);
        await aWhile();
        expect(seen.written).toBeLessThan(total);
        const body = new Uint8Array(await response.arrayBuffer());
        expect(createSseParser().push(body)).toHaveLength(total);
        expect(seen.listeners).toBeLessThan(6);
      },
    );
  });

  it('ends when the client goes away', async () => {
    let gone = false;
    let ended = false;
    const endless = async function* (signal: AbortSignal): AsyncGenerator<AnswerEvent> {
      for (let id = 1; !signal.aborted && id < 1_000; id += 1) {
        yield { id, name: 'delta', data: '学' };
        await sleep(5);
      }
      gone = signal.aborted;
    };
    await serve(
      async (_, response) => {
        await sendEvents(response, endless(clientGone(response)), failure);
        ended = true;
      },
      async (url) => {
        const leaving = new AbortController();
        const { body } = await fetch(url, { signal: leaving.signal });
        await body?.getReader().read();
        leaving.abort();
        await eventually('the stream has ended', () => gone && ended);
      },
    );
  });
});

describe('where a listener left off', () => {
  const position = async (header: string | undefined, after?: number) => {
    let found: number | undefined;
    await serve(
      (request, response) => {
        found = resumePosition(request, after);
        response.end();
      },
      async (url) => {
        await fetch(url, header === undefined ? {} : { headers: { 'Last-Event-ID': header } });
      },
    );
    return found;
  };

  it('is the beginning for one that comes first', async () => {
    expect(await position(undefined)).toBe(0);
  });

  it('is what the address says, before what the browser remembers', async () => {
    expect(await position(undefined, 7)).toBe(7);
    expect(await position('12')).toBe(12);
    expect(await position('12', 7)).toBe(7);
    expect(await position('12', 0)).toBe(0);
  });

  it.each(['', '-1', '1.5', 'abc', '1e3', '9'.repeat(30)])(
    'is the beginning when the browser remembers %j',
    async (header) => {
      expect(await position(header)).toBe(0);
    },
  );
});
