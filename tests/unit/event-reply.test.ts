import { createServer } from 'node:http';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express, { type Request, type Response } from 'express';
import { jsonLines, serverSentEvents } from '../../backend/realtime/event-frames.ts';
import { clientGone, resumePosition, sendEvents } from '../../backend/realtime/event-reply.ts';
import type { AnswerEvent } from '../../backend/realtime/event-store.ts';
import { createSseParser, type ServerSentEvent } from '../../web/src/api/sse-parser.ts';
import { aWhile, eventually } from '../support/eventually.ts';

const failure = () => ({ error: 'unavailable', message: '实时服务暂时不可用' });
const asEvents = { format: serverSentEvents, onFailure: failure };
const asLines = { format: jsonLines('answer'), onFailure: failure };

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
      (_, response) => sendEvents(response, from(...events), asEvents),
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
      (_, response) => sendEvents(response, from(), asEvents),
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
      (_, response) => sendEvents(response, breaking(), asEvents),
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
      (_, response) => sendEvents(response, watched(response), asEvents),
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
        await sendEvents(response, endless(clientGone(response)), asEvents);
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

describe('a stream of lines', () => {
  const events: AnswerEvent[] = [
    { id: 1, name: 'meta', data: { userMessageId: 'question', messageId: 'answer' } },
    { id: 2, name: 'delta', data: { text: '学\n而\u2028時𠀀' } },
    { id: 3, name: 'done', data: { message: { content: '学' }, balance: 7 } },
  ];

  it('carries each event as one line of JSON, as a WebSocket does', async () => {
    await serve(
      (_, response) => sendEvents(response, from(...events), asLines),
      async (url) => {
        const response = await fetch(url);
        expect(response.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
        expect(response.headers.get('x-accel-buffering')).toBe('no');
        const body = await response.text();
        expect(body.endsWith('\n')).toBe(true);
        const lines = body
          .slice(0, -1)
          .split('\n')
          .map((line): unknown => JSON.parse(line));
        expect(lines).toEqual([
          { type: 'meta', id: 1, messageId: 'answer', userMessageId: 'question' },
          { type: 'delta', id: 2, messageId: 'answer', text: '学\n而\u2028時𠀀' },
          { type: 'done', id: 3, messageId: 'answer', message: { content: '学' }, balance: 7 },
        ]);
      },
    );
  });

  it('tells of a failure in a line without an id', async () => {
    const breaking = async function* () {
      yield* from(...events.slice(0, 1));
      throw new Error('the store is away');
    };
    await serve(
      (_, response) => sendEvents(response, breaking(), asLines),
      async (url) => {
        const [, last] = (await (await fetch(url)).text()).split('\n');
        expect(JSON.parse(last ?? '')).toEqual({
          type: 'error',
          messageId: 'answer',
          ...failure(),
        });
      },
    );
  });
});

describe('a quiet stream', () => {
  it.each([
    ['events', asEvents, ': still here\n\n'],
    ['lines', asLines, '\n'],
  ])('of %s shows that it is alive, and means nothing by it', async (_name, format, beat) => {
    const quiet = async function* (): AsyncGenerator<AnswerEvent> {
      yield { id: 1, name: 'meta', data: {} };
      await sleep(120);
      yield { id: 2, name: 'done', data: {} };
    };
    await serve(
      (_, response) => sendEvents(response, quiet(), { ...format, heartbeatMs: 25 }),
      async (url) => {
        const body = await (await fetch(url)).text();
        const beats = body.split(beat).length - 1;
        expect(beats).toBeGreaterThanOrEqual(3);
        if (format === asLines) {
          const lines = body.split('\n').filter((line) => line !== '');
          expect(lines.map((line) => JSON.parse(line).id)).toEqual([1, 2]);
        } else {
          const frames = createSseParser().push(new TextEncoder().encode(body));
          expect(frames.map(({ id }) => id)).toEqual(['1', '2']);
        }
      },
    );
  });
});

describe('a reader who takes nothing', () => {
  it('holds his place for a while only, and is sent no heartbeats meanwhile', async () => {
    const seen = { asked: 0, returned: false, ended: false, waiting: 0 };
    const endless = async function* (response: Response): AsyncGenerator<AnswerEvent> {
      try {
        for (;;) {
          seen.asked += 1;
          seen.waiting = Math.max(seen.waiting, response.writableLength);
          yield { id: seen.asked, name: 'delta', data: '学而时习之'.repeat(4_000) };
        }
      } finally {
        seen.returned = true;
      }
    };
    await serve(
      async (_, response) => {
        const pace = { heartbeatMs: 5, stallMs: 300 };
        await sendEvents(response, endless(response), { ...asEvents, ...pace });
        seen.ended = true;
      },
      async (url) => {
        const { port } = new URL(url);
        const socket = connect(Number(port), '127.0.0.1');
        socket.pause();
        socket.on('error', () => undefined);
        socket.write('GET / HTTP/1.1\r\nHost: here\r\n\r\n');
        await eventually('the stream was given up', () => seen.returned && seen.ended, 10_000);
        expect(seen.waiting).toBeLessThan(200_000);
        socket.destroy();
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
