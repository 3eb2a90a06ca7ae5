import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const favorites = contract.pageOf(
  z.object({
    message: contract.message,
    sessionTitle: z.string(),
    question: z.string().nullable(),
    favoritedAt: z.iso.datetime(),
  }),
);
const QUESTION = '「温故而知新」怎么讲？';

describeInOneMode('favourites', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  beforeEach(async () => {
    learner = await asGuest(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const knex = () => service.platform.database.knex;
  const path = (id: string) => `/api/messages/${id}/favorite`;
  const mark = (id: string, who = learner) => who.call('PUT', path(id));
  const unmark = (id: string, who = learner) => who.call('DELETE', path(id));
  const list = async (query = '') => (await learner.get(`/api/favorites${query}`)).data(favorites);
  const ids = async () => (await list()).items.map(({ message }) => message.id);

  test('questions and answers can be kept, the one marked last comes first', async () => {
    const session = await learner.openSession({ title: '温故' });
    const { userMessage, message } = await learner.askWhole(session.id, QUESTION);
    expect((await mark(message.id)).data(contract.message)).toEqual({ ...message, favorite: true });
    const kept = (await mark(userMessage.id)).data(contract.message);
    expect(kept).toEqual({ ...userMessage, favorite: true });
    const { items } = await list();
    expect(items).toEqual([
      { message: kept, sessionTitle: '温故', question: null, favoritedAt: expect.any(String) },
      expect.objectContaining({ message: { ...message, favorite: true }, question: QUESTION }),
    ]);
    expect((await learner.messages(session.id)).map(({ favorite }) => favorite)).toEqual([
      true,
      true,
    ]);
  });

  test('marked again it keeps its place; unmarked it is gone, however often', async () => {
    const session = await learner.openSession();
    const first = await learner.askWhole(session.id, '你好');
    const second = await learner.askWhole(session.id, '谢谢');
    await mark(first.message.id);
    await mark(second.message.id);
    await mark(first.message.id);
    expect(await ids()).toEqual([second.message.id, first.message.id]);
    for (let n = 0; n < 2; n += 1) {
      const reply = await unmark(first.message.id);
      expect(reply.data(contract.message).favorite).toBe(false);
    }
    expect(await ids()).toEqual([second.message.id]);
    await learner.call('DELETE', `/api/sessions/${session.id}`);
    expect(await ids()).toEqual([]);
  });

  test('pages hold each of them once', async () => {
    const session = await learner.openSession();
    const marked: string[] = [];
    for (const question of ['你好', '谢谢', '再见']) {
      const { userMessage, message } = await learner.askWhole(session.id, question);
      for (const { id } of [userMessage, message]) {
        await mark(id);
        marked.unshift(id);
      }
    }
    // All at the same moment: the ids tell them apart.
    await knex()('messages').whereIn('id', marked.slice(0, 4)).update({ favorited_at: new Date() });
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const page = await list(`?limit=2${cursor}`);
      seen.push(...page.items.map(({ message }) => message.id));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toHaveLength(6);
    expect(new Set(seen)).toEqual(new Set(marked));
  });

  test('what is still being written cannot be kept yet', async () => {
    const session = await learner.openSession();
    const id = randomUUID();
    await knex()('messages').insert({
      ...{ id, session_id: session.id, position: 90, role: 'assistant', content: '子' },
      ...{ status: 'streaming', lease_until: new Date(Date.now() + 60_000), owner: 'nobody' },
    });
    expect((await mark(id)).failure()).toMatchObject({ status: 409, error: 'conflict' });
    expect((await unmark(id)).failure()).toMatchObject({ status: 409, error: 'conflict' });
    expect(await ids()).toEqual([]);
    await knex()('messages').where({ id }).delete();
  });

  test('somebody else’s message does not exist', async () => {
    const other = await asGuest(service.url);
    const { message } = await learner.askWhole((await learner.openSession()).id, '你好');
    await mark(message.id);
    for (const reply of [await mark(message.id, other), await unmark(message.id, other)]) {
      expect(reply.failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    expect((await mark(randomUUID())).failure().status).toBe(404);
    expect((await other.get('/api/favorites')).data(favorites).items).toEqual([]);
    expect(await ids()).toEqual([message.id]);
  });
});
