import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const sessionPage = contract.pageOf(contract.session);

describeInOneMode('sessions', (mode) => {
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

  const list = async (query = '') => (await learner.get(`/api/sessions${query}`)).data(sessionPage);
  const titles = async (query = '') => (await list(query)).items.map(({ title }) => title);
  const patch = (id: string, change: object) =>
    learner.call('PATCH', `/api/sessions/${id}`, change);

  test('a new one is empty, open and in the mode that was wished', async () => {
    const plain = await learner.openSession();
    expect(plain).toMatchObject({ mode: 'qa', archived: false, lastMessageAt: null });
    for (const wished of ['qa', 'explain', 'translate', 'socratic'] as const) {
      expect(await learner.openSession({ mode: wished })).toMatchObject({ mode: wished });
    }
    expect(await learner.messages(plain.id)).toEqual([]);
  });

  test('it can be renamed, archived, found by either, and deleted', async () => {
    const session = await learner.openSession({ title: '读《论语》 100%_' });
    await learner.openSession({ title: '别的' });
    expect(await titles('?q=论语')).toEqual(['读《论语》 100%_']);
    expect(await titles(`?q=${encodeURIComponent('0%_')}`)).toEqual(['读《论语》 100%_']);
    expect(await titles('?q=%25%25')).toEqual([]);
    const renamed = (await patch(session.id, { title: '读孟子' })).data(contract.session);
    expect(renamed).toMatchObject({ title: '读孟子', archived: false });
    expect(Date.parse(renamed.updatedAt)).toBeGreaterThanOrEqual(Date.parse(session.updatedAt));
    (await patch(session.id, { archived: true })).data(contract.session);
    expect(await titles('?archived=true')).toEqual(['读孟子']);
    expect(await titles('?archived=false')).toEqual(['别的']);
    expect((await patch(session.id, {})).data(contract.session).archived).toBe(true);
    expect((await learner.call('DELETE', `/api/sessions/${session.id}`)).status).toBe(200);
    const gone = await learner.get(`/api/sessions/${session.id}`);
    expect(gone.failure()).toMatchObject({ status: 404, error: 'not_found' });
  });

  test('the one with the newest activity comes first, named after its first question', async () => {
    const first = await learner.openSession();
    const second = await learner.openSession({ title: '第二' });
    expect((await list()).items.map(({ id }) => id)).toEqual([second.id, first.id]);
    await learner.askWhole(
      first.id,
      '「学而不思则罔」\n是什么意思？请从字词开始，详细地讲给我听。',
    );
    const { items } = await list();
    expect(items.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(items[0]?.title).toBe('「学而不思则罔」 是什么意思？请从字词开始，详细…');
    expect(items[0]?.lastMessageAt).not.toBeNull();
    await learner.askWhole(second.id, '你好');
    expect((await list()).items[0]).toMatchObject({ id: second.id, title: '第二' });
  });

  test('a greeting names nothing; the first question does', async () => {
    const { id } = await learner.openSession();
    await learner.askWhole(id, '你好！');
    const titleNow = async () => (await list()).items.find((each) => each.id === id)?.title;
    expect(await titleNow()).toBe('新的对话');
    await learner.askWhole(id, '「学而不思则罔」是什么意思？');
    expect(await titleNow()).toBe('「学而不思则罔」是什么意思？');
  });

  test('pages hold every session once, though others are begun meanwhile', async () => {
    const begun: string[] = [];
    for (let n = 1; n <= 7; n += 1) begun.unshift((await learner.openSession()).id);
    const seen: string[] = [];
    let query = '?limit=3';
    for (;;) {
      const { items, nextCursor } = await list(query);
      seen.push(...items.map(({ id }) => id));
      if (nextCursor === null) break;
      query = `?limit=3&cursor=${nextCursor}`;
      await learner.openSession();
    }
    expect(seen).toEqual(begun);
  });

  test('messages come oldest first, or newest first, in pages that fit together', async () => {
    const session = await learner.openSession();
    for (const question of ['你好', '谢谢', '再见']) {
      await learner.askWhole(session.id, question);
    }
    const all = await learner.messages(session.id);
    expect(all.map(({ role }) => role)).toEqual(Array(3).fill(['user', 'assistant']).flat());
    expect(all.map(({ content }) => content)).toEqual(
      expect.arrayContaining(['你好', '谢谢', '再见']),
    );
    for (const order of ['asc', 'desc']) {
      const seen: string[] = [];
      let cursor = '';
      for (;;) {
        const query = `?limit=2&order=${order}${cursor}`;
        const reply = await learner.get(`/api/sessions/${session.id}/messages${query}`);
        const page = reply.data(contract.pageOf(contract.message));
        seen.push(...page.items.map(({ id }) => id));
        if (page.nextCursor === null) break;
        cursor = `&cursor=${page.nextCursor}`;
      }
      const expected = all.map(({ id }) => id);
      expect(seen).toEqual(order === 'asc' ? expected : expected.reverse());
    }
  });

  test('begun twice with one key it is one; with another body the key is refused', async () => {
    const key = { 'idempotency-key': randomUUID() };
    const begin = (title: string) => learner.post('/api/sessions', { title }, key);
    const replies = await Promise.all([begin('一'), begin('一'), begin('一')]);
    const ids = replies.map((reply) => reply.data(contract.session, 201).id);
    expect(new Set(ids).size).toBe(1);
    expect(await titles()).toEqual(['一']);
    expect((await begin('二')).failure()).toMatchObject({
      status: 409,
      error: 'idempotency_conflict',
    });
  });

  test('a key belongs to one person and one route', async () => {
    const key = { 'idempotency-key': 'the same for all' };
    const other = await asGuest(service.url);
    const mine = (await learner.post('/api/sessions', { title: '我' }, key)).data(
      contract.session,
      201,
    );
    const theirs = (await other.post('/api/sessions', { title: '他' }, key)).data(
      contract.session,
      201,
    );
    expect(theirs.id).not.toBe(mine.id);
    const answer = await learner.askWhole(mine.id, '你好', { key: 'the same for all' });
    expect(answer.message.status).toBe('complete');
  });

  test('somebody else’s session does not exist, whatever is tried with it', async () => {
    const owner = await register(service.url);
    const session = await owner.openSession();
    const { userMessage, message } = await owner.askWhole(session.id, '你好');
    const attempts: [string, string, object?][] = [
      ['GET', `/api/sessions/${session.id}`],
      ['PATCH', `/api/sessions/${session.id}`, { title: '偷' }],
      ['DELETE', `/api/sessions/${session.id}`],
      ['GET', `/api/sessions/${session.id}/messages`],
      ['POST', `/api/sessions/${session.id}/messages`, { content: '你好' }],
      ['POST', `/api/sessions/${session.id}/messages/${message.id}/stop`, {}],
      ['GET', `/api/messages/${message.id}/events`],
      ['GET', `/api/messages/${userMessage.id}/events`],
    ];
    for (const [method, path, body] of attempts) {
      const reply = await learner.call(method, path, body);
      expect(reply.failure()).toMatchObject({ status: 404, error: 'not_found' });
    }
    expect(await owner.messages(session.id)).toEqual([userMessage, message]);
  });

  test('an answer is found in its own session only', async () => {
    const [session, other] = [await learner.openSession(), await learner.openSession()];
    const { message } = await learner.askWhole(session.id, '你好');
    const stop = (id: string) => learner.post(`/api/sessions/${id}/messages/${message.id}/stop`);
    expect((await stop(other.id)).failure()).toMatchObject({ status: 404, error: 'not_found' });
    expect((await stop(session.id)).data(contract.message)).toEqual(message);
  });
});
