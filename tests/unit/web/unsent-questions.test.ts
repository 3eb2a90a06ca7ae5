import type { ApiClient, CallOptions } from '../../../web/src/api/api-client.ts';
import { ApiError } from '../../../web/src/api/api-error.ts';
import type { Message } from '../../../web/src/api/types.ts';
import { createConversations } from '../../../web/src/conversation/conversations.ts';
import { createUnsent, type Unsent } from '../../../web/src/conversation/unsent.ts';
import { eventually } from '../../support/eventually.ts';
import { someMessage, someNetwork } from '../../support/page-messages.ts';

const QUESTION = someMessage('u1', { role: 'user', content: '何为仁？' });
const ANSWER = someMessage('a1', { content: '仁者爱人' });
const WRITING: Message = { ...ANSWER, content: '', status: 'streaming' };
const BUSY = new ApiError({ status: 409, slug: 'generation_in_progress', message: '忙' });
const SHORT = new ApiError({ status: 402, slug: 'insufficient_balance', message: '不够了' });

/** A server that answers this one question, as often as it is asked under whatever key. */
function someServer() {
  const server = {
    reachable: true,
    page: [] as Message[],
    refusal: null as ApiError | null,
    keys: [] as (string | undefined)[],
  };
  async function open(path: string, options: CallOptions = {}): Promise<Response> {
    const post = options.method === 'POST';
    if (post) server.keys.push(options.idempotencyKey);
    if (!server.reachable) throw ApiError.local('unreachable');
    if (post && server.refusal) throw server.refusal;
    if (path.includes('?order=desc'))
      return Response.json({ data: { items: server.page, nextCursor: null } });
    const events = [
      ['meta', { userMessageId: 'u1', messageId: 'a1' }],
      ['done', { message: ANSWER }],
    ] as const;
    const text = events.map(
      ([name, data], at) => `id: ${at + 1}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`,
    );
    return new Response(text.join(''), { headers: { 'Content-Type': 'text/event-stream' } });
  }
  const client: ApiClient = {
    open,
    call: async <Data>(path: string, options?: CallOptions) =>
      ((await (await open(path, options)).json()) as { data: Data }).data,
    refresh: async () => false,
  };
  return { ...{ server, client } };
}

function visitPage(client: ApiClient, unsent: Unsent = createUnsent(null, () => 'u')) {
  const network = someNetwork();
  const conversations = createConversations({
    ...{ client, network, unsent },
    onAnswered: () => undefined,
  });
  const state = () => conversations.state('s').get();
  const texts = () => state().messages.map(({ content }) => content);
  return { network, unsent, conversations, state, texts };
}

test('a question put without a network goes out by itself, once there is one', async () => {
  const { server, client } = someServer();
  const { network, conversations, state, texts, unsent } = visitPage(client);
  conversations.start('s');
  server.reachable = false;
  network.turn(false);
  const asking = conversations.ask('s', '何为仁？');
  await eventually('it waits', async () => state().live?.reconnecting === true, 2000);
  expect(unsent.question('s')?.content).toBe('何为仁？');
  server.reachable = true;
  network.turn(true);
  await asking;
  expect(texts()).toEqual(['何为仁？', '仁者爱人']);
  expect(new Set(server.keys).size).toBe(1);
  expect(unsent.waiting()).toEqual([]);
});

test('after a reload it goes out under the same key, and what had arrived is not shown twice', async () => {
  const { server, client } = someServer();
  const before = visitPage(client);
  before.conversations.start('s');
  server.reachable = false;
  before.network.turn(false);
  void before.conversations.ask('s', '何为仁？');
  await eventually('it waits', async () => before.state().live?.reconnecting === true, 2000);
  server.reachable = true;
  server.page = [ANSWER, QUESTION];
  const after = visitPage(client, before.unsent);
  after.conversations.sendWaiting();
  await eventually('it is sent', async () => after.unsent.waiting().length === 0, 2000);
  await eventually('it is heard', async () => after.state().live === null, 2000);
  expect(after.texts()).toEqual(['何为仁？', '仁者爱人']);
  expect(new Set(server.keys).size).toBe(1);
  before.conversations.clear();
});

test('one that is being answered already is not sent again', async () => {
  const { server, client } = someServer();
  const { conversations, unsent, texts } = visitPage(client);
  const createdAt = new Date().toISOString();
  unsent.keepQuestion('s', { content: '何为仁？', key: 'k', createdAt, failure: null });
  server.page = [WRITING, QUESTION];
  await conversations.open('s');
  expect(texts()).toEqual(['何为仁？', '仁者爱人']);
  expect(server.keys).toEqual([]);
  expect(unsent.waiting()).toEqual([]);
});

test('one that was refused stands there after a reload, and is not sent by itself', async () => {
  const { server, client } = someServer();
  const { conversations, unsent } = visitPage(client);
  conversations.start('s');
  server.refusal = SHORT;
  await conversations.ask('s', '何为仁？');
  const after = visitPage(client, unsent);
  await after.conversations.open('s');
  expect(after.texts()).toEqual(['何为仁？', '']);
  expect(Object.values(after.state().failures)[0]?.slug).toBe('insufficient_balance');
  expect(server.keys).toHaveLength(1);
  server.refusal = null;
  await after.conversations.retry('s', Object.keys(after.state().failures)[0] ?? '');
  expect(after.texts()).toEqual(['何为仁？', '仁者爱人']);
  expect(after.unsent.waiting()).toEqual([]);
});

test('while another tab is answered, that is shown to its end, and the own question stays', async () => {
  const { server, client } = someServer();
  const { conversations, state, texts, unsent } = visitPage(client);
  conversations.start('s');
  server.refusal = BUSY;
  server.page = [WRITING, QUESTION];
  await conversations.ask('s', '何为礼？');
  expect(texts()).toEqual(['何为仁？', '仁者爱人']);
  expect(state()).toMatchObject({ live: null, failures: {}, draft: { text: '何为礼？' } });
  expect(unsent.waiting()).toEqual([]);
});

test('stopping what cannot be sent puts its words back into the box', async () => {
  const { server, client } = someServer();
  const { network, conversations, state, texts, unsent } = visitPage(client);
  conversations.start('s');
  server.reachable = false;
  network.turn(false);
  const asking = conversations.ask('s', '何为仁？');
  await eventually('it waits', async () => state().live?.reconnecting === true, 2000);
  expect(await conversations.stop('s')).toBe(true);
  await asking;
  expect(texts()).toEqual([]);
  expect(state()).toMatchObject({ live: null, draft: { text: '何为仁？' } });
  expect(unsent.waiting()).toEqual([]);
});
