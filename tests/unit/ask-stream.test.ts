import type { AnswerEvent } from '../../web/src/api/answer-event.ts';
import type { ApiClient, CallOptions } from '../../web/src/api/api-client.ts';
import { ApiError } from '../../web/src/api/api-error.ts';
import { askQuestion, followAnswer } from '../../web/src/api/ask-stream.ts';

const EVENTS = [
  ['meta', { userMessageId: 'u1', messageId: 'a1' }],
  ['citations', { citations: [] }],
  ['delta', { text: '仁者' }],
  ['delta', { text: '爱人' }],
  ['done', { message: { id: 'a1', status: 'complete', content: '仁者爱人' } }],
].map(([name, data], at) => `id: ${at + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`);

const QUESTION = { sessionId: 's', content: '何为仁？', idempotencyKey: 'k' };

function streamOf(text: string): Response {
  return new Response(text, { headers: { 'Content-Type': 'text/event-stream' } });
}

/** A client whose replies are given one after the other; each call is written down. */
function clientWith(...replies: (Response | ApiError)[]) {
  const calls: string[] = [];
  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    calls.push([options.method ?? 'GET', path, options.idempotencyKey].filter(Boolean).join(' '));
    const reply = replies.shift();
    if (reply === undefined) throw new Error('one call too many');
    if (reply instanceof ApiError) throw reply;
    return reply;
  }
  const client: ApiClient = {
    open,
    call: async <Data>(path: string, options?: CallOptions) =>
      ((await (await open(path, options)).json()) as { data: Data }).data,
    refresh: async () => false,
  };
  return { client, calls };
}

function listen() {
  const heard: AnswerEvent[] = [];
  const listener = { onEvent: (event: AnswerEvent) => heard.push(event), onReconnecting() {} };
  return { listener, ids: () => heard.map(({ id }) => id), heard };
}

describe('asking', () => {
  it('hears a whole answer in one go', async () => {
    const { client, calls } = clientWith(streamOf(EVENTS.join('')));
    const { listener, ids } = listen();
    await askQuestion(client, QUESTION, listener);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls).toEqual(['POST /api/sessions/s/messages k']);
  });

  it('goes on where the line broke, with nothing lost and nothing doubled', async () => {
    const { client, calls } = clientWith(
      streamOf(`${EVENTS.slice(0, 3).join('')}id: 4\nevent: del`),
      streamOf(EVENTS.slice(2).join('')),
    );
    const { listener, ids } = listen();
    await askQuestion(client, QUESTION, listener);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls[1]).toBe('GET /api/messages/a1/events?after=3');
  });

  it('puts the question again under the same key when the line broke before it had a name', async () => {
    const { client, calls } = clientWith(streamOf(': hello\n\n'), streamOf(EVENTS.join('')));
    const { listener, ids } = listen();
    await askQuestion(client, QUESTION, listener);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(new Set(calls)).toEqual(new Set(['POST /api/sessions/s/messages k']));
  });

  it('takes a whole answer as JSON, too', async () => {
    const data = { userMessage: { id: 'u1' }, message: { id: 'a1', status: 'complete' } };
    const { client } = clientWith(Response.json({ data }));
    const { listener, heard } = listen();
    await askQuestion(client, QUESTION, listener);
    expect(heard.map(({ name }) => name)).toEqual(['meta', 'done']);
  });

  it('reads the stored message when the events are gone', async () => {
    const gone = new ApiError({ status: 404, slug: 'not_found', message: '' });
    const items = [{ id: 'a1', status: 'complete', content: '仁者爱人' }];
    const { client } = clientWith(gone, Response.json({ data: { items, nextCursor: null } }));
    const { listener, heard } = listen();
    await followAnswer(client, { sessionId: 's', messageId: 'a1' }, listener);
    expect(heard).toEqual([{ id: 1, name: 'done', message: items[0] }]);
  });

  it('does not resume past a gap', async () => {
    const [first = '', second = '', , fourth = '', last = ''] = EVENTS;
    const stored = Response.json({ data: { items: [], nextCursor: null } });
    const { client, calls } = clientWith(
      streamOf(first + second + fourth + last),
      streamOf(first + last),
      stored,
      streamOf(EVENTS.join('')),
    );
    const { listener, ids } = listen();
    await askQuestion(client, QUESTION, listener);
    expect(ids()).toEqual([1, 2, 3, 4, 5]);
    expect(calls.at(-1)).toBe('GET /api/messages/a1/events?after=2');
  });

  it('says at once that nobody may listen', async () => {
    const { client } = clientWith(
      new ApiError({ status: 401, slug: 'unauthenticated', message: '' }),
    );
    const { listener } = listen();
    const following = followAnswer(client, { sessionId: 's', messageId: 'a1' }, listener);
    await expect(following).rejects.toMatchObject({ slug: 'unauthenticated' });
  });
});
