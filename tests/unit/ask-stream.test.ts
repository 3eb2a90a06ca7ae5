import type { AnswerEvent } from '../../web/src/api/answer-event.ts';
import type { AnswerLine } from '../../web/src/api/answer-line.ts';
import type { ApiClient, CallOptions } from '../../web/src/api/api-client.ts';
import { ApiError } from '../../web/src/api/api-error.ts';
import { askForAnswer, followAnswer } from '../../web/src/api/ask-stream.ts';
import { someNetwork } from '../support/page-messages.ts';

const EVENTS = [
  ['meta', { userMessageId: 'u1', messageId: 'a1' }],
  ['citations', { citations: [] }],
  ['delta', { text: '仁者' }],
  ['delta', { text: '爱人' }],
  ['done', { message: { id: 'a1', status: 'complete', content: '仁者爱人' } }],
].map(([name, data], at) => `id: ${at + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

const REQUEST = {
  path: '/api/sessions/s/messages',
  body: { content: '何为仁？' },
  idempotencyKey: 'k',
};

function streamOf(text: string): Response {
  return new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
}

/** What `fetch` does: a reply whose call is aborted breaks off. */
function cutBy(signal: AbortSignal | undefined, reply: Response): Response {
  if (!signal || reply.body === null) return reply;
  const body = reply.body.pipeThrough(new TransformStream(), { signal });
  return new Response(body, { headers: reply.headers });
}

/** A client whose replies are given one after the other; each call is written down. */
function clientWith(...replies: (Response | ApiError)[]) {
  const calls: string[] = [];
  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    calls.push([options.method ?? 'GET', path, options.idempotencyKey].filter(Boolean).join(' '));
    const reply = replies.shift();
    if (reply === undefined) throw new Error('one call too many');
    if (reply instanceof ApiError) throw reply;
    return cutBy(options.signal, reply);
  }
  const client: ApiClient = {
    open,
    call: async <Data>(path: string, options?: CallOptions) =>
      ((await (await open(path, options)).json()) as { data: Data }).data,
    refresh: async () => false,
  };
  return { client, calls };
}

function lineWith(client: ApiClient, messageId: string | null = null) {
  const heard: AnswerEvent[] = [];
  const notes: boolean[] = [];
  const network = someNetwork();
  const abort = new AbortController();
  const line: AnswerLine = {
    ...{ client, network, signal: abort.signal },
    progress: { messageId, last: 0 },
    listener: {
      onEvent: (event) => void heard.push(event),
      onReconnecting: (down) => void notes.push(down),
    },
  };
  return { line, network, abort, heard, notes, ids: () => heard.map(({ id }) => id) };
}

/** Says so much and then nothing more, as a line does whose network has gone. */
function silentAfter(text: string): Response {
  const stream = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(text)),
  });
  return new Response(stream, { headers: { 'Content-Type': 'text/event-stream' } });
}

describe('asking', () => {
  it('hears a whole answer in one go', async () => {
    const { client, calls } = clientWith(streamOf(EVENTS.join('')));
    const { line, ids } = lineWith(client);
    await askForAnswer(line, REQUEST);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls).toEqual(['POST /api/sessions/s/messages k']);
  });

  it('goes on where the line broke, with nothing lost and nothing doubled', async () => {
    const { client, calls } = clientWith(
      streamOf(`${EVENTS.slice(0, 3).join('')}id: 4\nevent: del`),
      streamOf(EVENTS.slice(2).join('')),
    );
    const { line, ids } = lineWith(client);
    await askForAnswer(line, REQUEST);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls[1]).toBe('GET /api/messages/a1/events?after=3');
  });

  it('puts the question again under the same key when the line broke before it had a name', async () => {
    const { client, calls } = clientWith(streamOf(': hello\n\n'), streamOf(EVENTS.join('')));
    const { line, ids } = lineWith(client);
    await askForAnswer(line, REQUEST);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(calls)).toEqual(new Set(['POST /api/sessions/s/messages k']));
  });

  it('takes a whole answer as JSON, too', async () => {
    const data = { userMessage: { id: 'u1' }, message: { id: 'a1', status: 'complete' } };
    const { client } = clientWith(Response.json({ data }));
    const { line, heard } = lineWith(client);
    await askForAnswer(line, REQUEST);
    expect(heard.map(({ name }) => name)).toEqual(['meta', 'done']);
  });

  it('reads the stored message when the events are gone', async () => {
    const gone = new ApiError({ status: 404, slug: 'not_found', message: '' });
    const items = [{ id: 'a1', status: 'complete', content: '仁者爱人' }];
    const { client, calls } = clientWith(gone, Response.json({ data: { items } }));
    const { line, heard } = lineWith(client, 'a1');
    await followAnswer(line);
    expect(heard).toEqual([{ id: 1, name: 'done', message: items[0] }]);
    expect(calls[1]).toBe('GET /api/messages/a1/versions');
  });

  it('does not resume past a gap', async () => {
    const [first = '', second = '', , fourth = '', last = ''] = EVENTS;
    const stored = Response.json({ data: { items: [] } });
    const { client, calls } = clientWith(
      streamOf(first + second + fourth + last),
      streamOf(first + last),
      stored,
      streamOf(EVENTS.join('')),
    );
    const { line, ids } = lineWith(client);
    await askForAnswer(line, REQUEST);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls.at(-1)).toBe('GET /api/messages/a1/events?after=2');
  });

  it('says at once that nobody may listen', async () => {
    const { client } = clientWith(
      new ApiError({ status: 401, slug: 'unauthenticated', message: '' }),
    );
    const { line } = lineWith(client, 'a1');
    await expect(followAnswer(line)).rejects.toMatchObject({ slug: 'unauthenticated' });
  });

  it('does not wait for a line whose network has gone, and goes on as soon as it is back', async () => {
    const away = () => ApiError.local('unreachable');
    const { client, calls } = clientWith(
      silentAfter(EVENTS.slice(0, 3).join('')),
      away(),
      streamOf(EVENTS.slice(3).join('')),
    );
    const { line, network, ids, notes } = lineWith(client);
    const asking = askForAnswer(line, REQUEST);
    await untilTrue(() => ids().length === 3);
    network.turn(false);
    await untilTrue(() => notes.at(-1) === true);
    await untilTrue(() => calls.length === 2);
    const since = Date.now();
    network.turn(true);
    await asking;
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls.at(-1)).toBe('GET /api/messages/a1/events?after=3');
    expect(Date.now() - since).toBeLessThan(1000);
    expect(notes.at(-1)).toBe(false);
  });

  it('puts the question again under its key when the network changed before the reply', async () => {
    const { client, calls } = clientWith(silentAfter(''), streamOf(EVENTS.join('')));
    const { line, network, ids } = lineWith(client);
    const asking = askForAnswer(line, REQUEST);
    await untilTrue(() => calls.length === 1);
    network.turn(true);
    await asking;
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(calls).size).toBe(1);
  });

  it('gives the line up as soon as nobody listens any more', async () => {
    const { client } = clientWith(silentAfter(EVENTS[0] ?? ''));
    const { line, abort, ids } = lineWith(client);
    const asking = askForAnswer(line, REQUEST);
    await untilTrue(() => ids().length === 1);
    abort.abort();
    await expect(asking).rejects.toMatchObject({ name: 'AbortError' });
    expect(ids()).toEqual([1]);
  });
});

async function untilTrue(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
