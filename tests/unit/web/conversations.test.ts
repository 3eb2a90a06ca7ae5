import { jest } from '@jest/globals';
import type { ApiClient, CallOptions } from '../../../web/src/api/api-client.ts';
import { ApiError } from '../../../web/src/api/api-error.ts';
import type { Message } from '../../../web/src/api/types.ts';
import { shownAnswer } from '../../../web/src/conversation/conversation-changes.ts';
import { createConversations } from '../../../web/src/conversation/conversations.ts';
import { createUnsent } from '../../../web/src/conversation/unsent.ts';
import { eventually } from '../../support/eventually.ts';
import { someMessage, someNetwork } from '../../support/page-messages.ts';

const QUESTION = someMessage('u1', { role: 'user', content: '何为仁？' });
const OLD = someMessage('a1', { content: '旧的回答' });
const NEW = someMessage('a2', { content: '新的回答', version: 2, versions: 2 });
const REGENERATE = 'POST /api/sessions/s/messages/a1/regenerate';
const NEWEST = 'GET /api/sessions/s/messages?order=desc&limit=30';

type Reply = unknown | Response | ApiError;

/** A server of which each reply is known beforehand, by method and path; the last one stays. */
function serverWith(replies: Record<string, Reply[]>) {
  const calls: { what: string; body: unknown; key: string | undefined }[] = [];
  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    const what = `${options.method ?? 'GET'} ${path}`;
    calls.push({ what, body: options.body, key: options.idempotencyKey });
    const left = replies[what] ?? [];
    const reply = left.length > 1 ? left.shift() : left[0];
    if (reply === undefined) throw new ApiError({ status: 404, slug: 'not_found', message: what });
    if (reply instanceof ApiError) throw reply;
    if (!(reply instanceof Response)) return Response.json({ data: reply });
    const { body, headers } = reply.clone();
    const heard = body?.pipeThrough(new TransformStream(), {
      ...(options.signal ? { signal: options.signal } : {}),
    });
    return new Response(heard ?? null, { headers });
  }
  const client: ApiClient = {
    open,
    call: async <Data>(path: string, options?: CallOptions) =>
      ((await (await open(path, options)).json()) as { data: Data }).data,
    refresh: async () => false,
  };
  return { client, calls, asked: () => calls.map(({ what }) => what) };
}

const HEADERS = { 'Content-Type': 'text/event-stream' };
const meta = (messageId: string) => ['meta', { userMessageId: 'u1', messageId }] as const;
const delta = (text: string) => ['delta', { text }] as const;
const done = (message: Message) => ['done', { message, balance: 1 }] as const;

function written(events: readonly (readonly [string, object])[], from = 1): string {
  return events
    .map(
      ([name, data], at) => `id: ${from + at}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
    )
    .join('');
}

const stream = (...events: (readonly [string, object])[]) =>
  new Response(written(events), { headers: HEADERS });

/** So much, and then the line stays open. */
function openStream(...events: (readonly [string, object])[]): Response {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => controller.enqueue(new TextEncoder().encode(written(events))),
  });
  return new Response(body, { headers: HEADERS });
}

const pageOf = (...newestFirst: Message[]) => ({ items: newestFirst, nextCursor: null });

function openPage(replies: Record<string, Reply[]>) {
  const server = serverWith(replies);
  const network = someNetwork();
  const answered: string[] = [];
  const conversations = createConversations({
    ...{ client: server.client, network, unsent: createUnsent(null, () => 'u') },
    onAnswered: (sessionId) => void answered.push(sessionId),
  });
  const state = () => conversations.state('s').get();
  const texts = () => state().messages.map(({ content }) => content);
  return { ...server, network, conversations, answered, state, texts };
}

describe('another answer to the same question', () => {
  it('takes the place of the old one, which can be looked at again', async () => {
    const page = openPage({
      [NEWEST]: [pageOf(OLD, QUESTION)],
      [REGENERATE]: [stream(meta('a2'), delta('新的'), done(NEW))],
      'GET /api/messages/a2/versions': [{ items: [{ ...OLD, versions: 2 }, NEW] }],
    });
    const { conversations, state, texts, calls } = page;
    await conversations.open('s');
    expect(await conversations.regenerate('s', 'a1', true)).toBeNull();
    expect(calls.at(-1)).toMatchObject({ what: REGENERATE, body: { thinking: true } });
    expect(texts()).toEqual(['何为仁？', '新的回答']);

    const shown = () => shownAnswer(state(), NEW).content;
    await conversations.turn(NEW, -1);
    expect(shown()).toBe('旧的回答');
    await conversations.turn(NEW, -1);
    expect(shown()).toBe('旧的回答');
    await conversations.turn(NEW, 1);
    expect(shown()).toBe('新的回答');
    expect(page.asked().filter((what) => what.endsWith('/versions'))).toHaveLength(1);
  });

  it('is refused without harm to the one that is there', async () => {
    const busy = new ApiError({ status: 409, slug: 'generation_in_progress', message: '忙' });
    const { conversations, texts, state } = openPage({
      [NEWEST]: [pageOf(OLD, QUESTION)],
      [REGENERATE]: [busy],
    });
    await conversations.open('s');
    expect(await conversations.regenerate('s', 'a1')).toMatchObject({ slug: busy.slug });
    expect(texts()).toEqual(['何为仁？', '旧的回答']);
    expect(state().live).toBeNull();
  });

  it('is what helps when an answer failed: the question is not asked twice', async () => {
    const failed = { ...OLD, status: 'failed' as const };
    const { conversations, texts, asked } = openPage({
      [NEWEST]: [pageOf(failed, QUESTION)],
      [REGENERATE]: [stream(meta('a2'), done(NEW))],
    });
    await conversations.open('s');
    await conversations.retry('s', 'a1');
    expect(texts()).toEqual(['何为仁？', '新的回答']);
    expect(asked().filter((what) => what.startsWith('POST'))).toEqual([REGENERATE]);
  });

  it('to an old question is followed after a reload, wherever it stands', async () => {
    const writing = { ...NEW, status: 'streaming' as const, content: '' };
    const later = someMessage('a3', { content: '后来的' });
    const { conversations, texts } = openPage({
      [NEWEST]: [pageOf(later, writing, QUESTION)],
      'GET /api/messages/a2/events?after=0': [stream(meta('a2'), delta('新的'), done(NEW))],
    });
    await conversations.open('s');
    expect(texts()).toEqual(['何为仁？', '新的回答', '后来的']);
  });
});

describe('a question whose answer was lost on the way', () => {
  const ASK = 'POST /api/sessions/s/messages';

  it('is put again under the same key where it never reached the server', async () => {
    const { conversations, texts, state, calls } = openPage({
      [ASK]: [ApiError.local('unreachable'), stream(meta('a1'), done(OLD))],
    });
    conversations.start('s');
    await conversations.ask('s', '何为仁？');
    const [failedId = ''] = Object.keys(state().failures);
    await conversations.retry('s', failedId);
    expect(texts()).toEqual(['何为仁？', '旧的回答']);
    expect(new Set(calls.map(({ key }) => key)).size).toBe(1);
  });

  it('is listened to again from where it was heard last, once the network is back', async () => {
    const refused = new ApiError({ status: 401, slug: 'unauthenticated', message: '' });
    const { conversations, texts, network, state, asked } = openPage({
      [ASK]: [openStream(meta('a1'), delta('仁者'))],
      'GET /api/messages/a1/events?after=2': [
        ApiError.local('unreachable'),
        new Response(written([delta('爱人'), done({ ...OLD, content: '仁者爱人' })], 3), {
          headers: HEADERS,
        }),
      ],
      'GET /api/messages/a1/versions': [refused],
    });
    conversations.start('s');
    const asking = conversations.ask('s', '何为仁？');
    await eventually('the beginning is there', async () => texts()[1] === '仁者', 2000);
    network.turn(false);
    await eventually('it is noted', async () => state().live?.reconnecting === true, 2000);
    network.turn(true);
    await asking;
    expect(texts()[1]).toBe('仁者爱人');
    expect(asked().filter((what) => what === ASK)).toHaveLength(1);
  });
});

describe('an answer whose line was given up', () => {
  afterEach(() => void jest.useRealTimers());

  const REST = new Response(written([delta('爱人'), done({ ...OLD, content: '仁者爱人' })], 3), {
    headers: HEADERS,
  });

  async function giveUp() {
    jest.useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate'] });
    const replies: Record<string, Reply[]> = {
      'POST /api/sessions/s/messages': [openStream(meta('a1'), delta('仁者'))],
      'GET /api/messages/a1/events?after=2': [ApiError.local('unreachable')],
    };
    const page = openPage(replies);
    page.conversations.start('s');
    const asking = page.conversations.ask('s', '何为仁？');
    await jest.advanceTimersByTimeAsync(100);
    expect(page.texts()[1]).toBe('仁者');
    page.network.turn(true);
    await jest.advanceTimersByTimeAsync(60_000);
    await asking;
    expect(page.state().failures.a1?.slug).toBe('connection_lost');
    expect(page.texts()[1]).toBe('仁者');
    replies['GET /api/messages/a1/events?after=2'] = [REST];
    return page;
  }

  it('is listened to again when one asks for it: nothing is asked or answered twice', async () => {
    const { conversations, texts, state, asked } = await giveUp();
    await conversations.retry('s', 'a1');
    expect(texts()).toEqual(['何为仁？', '仁者爱人']);
    expect(state().failures).toEqual({});
    expect(asked().filter((what) => what.startsWith('POST'))).toHaveLength(1);
  });

  it('is listened to again by itself when the network comes back', async () => {
    const { network, texts, state } = await giveUp();
    network.turn(true);
    await jest.advanceTimersByTimeAsync(100);
    expect(texts()).toEqual(['何为仁？', '仁者爱人']);
    expect(state().live).toBeNull();
  });
});

test('stopping before the server has named the answer stops it as soon as it has', async () => {
  const { conversations, asked, state } = openPage({
    'POST /api/sessions/s/messages': [openStream(meta('a1'), delta('仁者'))],
    'POST /api/sessions/s/messages/a1/stop': [{}],
  });
  conversations.start('s');
  void conversations.ask('s', '何为仁？');
  expect(state().live?.stage).toBe('sending');
  expect(await conversations.stop('s')).toBe(true);
  expect(asked().at(-1)).toBe('POST /api/sessions/s/messages/a1/stop');
  conversations.clear();
});

describe('a question that is taken back', () => {
  const RECALL = 'POST /api/sessions/s/messages/u1/recall';

  it('ends what was being written for it, and nothing of that gets into the next answer', async () => {
    const { conversations, texts, state, answered } = openPage({
      'POST /api/sessions/s/messages': [
        openStream(meta('a1'), delta('仁者')),
        stream(['meta', { userMessageId: 'u9', messageId: 'a9' }], done({ ...OLD, id: 'a9' })),
      ],
      [RECALL]: [{ recalled: ['u1', 'a1'] }],
    });
    conversations.start('s');
    const asking = conversations.ask('s', '何为仁？');
    await eventually('it is being written', async () => texts()[1] === '仁者', 2000);
    await conversations.recall({ ...QUESTION, content: '何为仁？' });
    await asking;
    expect(texts()).toEqual([]);
    expect(state()).toMatchObject({ live: null, draft: { text: '何为仁？' } });
    expect(answered).toEqual(['s']);
    await conversations.ask('s', '何为礼？');
    expect(texts()).toEqual(['何为礼？', '旧的回答']);
  });

  it('is gone too when another tab took it back before', async () => {
    const { conversations, texts } = openPage({ [NEWEST]: [pageOf(OLD, QUESTION)] });
    await conversations.open('s');
    await conversations.recall(QUESTION);
    expect(texts()).toEqual([]);
  });

  it('stays when it is too late', async () => {
    const late = new ApiError({ status: 409, slug: 'conflict', message: '过了两分钟' });
    const { conversations, texts } = openPage({
      [NEWEST]: [pageOf(OLD, QUESTION)],
      [RECALL]: [late],
    });
    await conversations.open('s');
    await expect(conversations.recall(QUESTION)).rejects.toBe(late);
    expect(texts()).toHaveLength(2);
  });
});

describe('what is done to a message', () => {
  it('shows as the server has it, in every place', async () => {
    const { conversations, state, calls } = openPage({
      [NEWEST]: [pageOf(NEW, QUESTION)],
      'GET /api/messages/a2/versions': [{ items: [OLD, NEW] }],
      'PUT /api/messages/a1/favorite': [{ ...OLD, favorite: true }],
      'PUT /api/messages/a2/feedback': [{ ...NEW, feedback: { rating: 'down', comment: '难' } }],
      'DELETE /api/messages/a2/feedback': [NEW],
    });
    await conversations.open('s');
    await conversations.turn(NEW, -1);
    await conversations.favor(OLD, true);
    expect(shownAnswer(state(), NEW)).toMatchObject({ id: 'a1', favorite: true });
    await conversations.rate(NEW, { rating: 'down', comment: '难' });
    expect(calls.at(-1)?.body).toEqual({ rating: 'down', comment: '难' });
    expect(state().messages[1]?.feedback).toEqual({ rating: 'down', comment: '难' });
    await conversations.rate(NEW, null);
    expect(state().messages[1]?.feedback).toBeNull();
  });

  it('is found again, however far back, even if it has been answered anew since', async () => {
    const { conversations, state } = openPage({
      [NEWEST]: [{ items: [someMessage('a5')], nextCursor: 'c1' }],
      'GET /api/sessions/s/messages?order=desc&limit=100&cursor=c1': [
        { items: [someMessage('a4')], nextCursor: 'c2' },
      ],
      'GET /api/sessions/s/messages?order=desc&limit=100&cursor=c2': [pageOf(NEW, QUESTION)],
      'GET /api/messages/a1/versions': [{ items: [OLD, NEW] }],
    });
    await conversations.open('s');
    expect(await conversations.reveal('s', 'a1')).toBe('a2');
    expect(shownAnswer(state(), NEW).id).toBe('a1');
    expect(state().messages.map(({ id }) => id)).toEqual(['u1', 'a2', 'a4', 'a5']);
    expect(await conversations.reveal('s', 'gone')).toBeNull();
  });
});
