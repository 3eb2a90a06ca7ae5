import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, auditOf, WITH_ADMIN } from '../support/administrator.ts';
import { behindTheScenes, close, idOf } from '../support/closing.ts';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { visitsByWechat } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

const said = z.object({ rating: z.enum(['up', 'down']), comment: z.string().nullable() });
const rated = contract.message.extend({ feedback: said.nullable() });
const record = z.object({
  message: rated,
  question: z.string().nullable(),
  user: z.strictObject({ id: z.guid(), nickname: z.string() }),
  sessionId: z.guid(),
  rating: z.enum(['up', 'down']),
  comment: z.string().nullable(),
  createdAt: z.iso.datetime(),
  updatedAt: z.iso.datetime(),
  handledAt: z.iso.datetime().nullable(),
});
const exported = z.object({
  sessions: z.array(z.object({ messages: z.array(rated) })),
});
const QUESTION = '「温故而知新」怎么讲？';

describeInOneMode('what readers say of answers', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let admin: Learner;
  let learner: Learner;
  let answer: contract.Answer;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    service = await space.start({ ...wechat.environment, ...WITH_ADMIN });
    admin = await asAdmin(service.url);
  });
  beforeEach(async () => {
    learner = await register(service.url);
    answer = await learner.askWhole((await learner.openSession()).id, QUESTION);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const path = (id: string) => `/api/messages/${id}/feedback`;
  const give = (body: object, id = answer.message.id) => learner.call('PUT', path(id), body);
  const list = async (query = '') =>
    (await admin.get(`/api/admin/feedback?limit=100${query}`)).data(contract.pageOf(record)).items;
  const own = async () => (await list()).filter(({ message }) => message.id === answer.message.id);
  const handle = (handled: boolean, id = answer.message.id) =>
    admin.call('PUT', `/api/admin/feedback/${id}`, { handled });

  test('it stands with the answer, and an administrator reads it with the question', async () => {
    const reply = await give({ rating: 'down', comment: '  出处不对。 ' });
    const feedback = { rating: 'down', comment: '出处不对。' };
    expect(reply.data(rated)).toEqual({ ...answer.message, feedback });
    const { nickname, id } = learner.login.user;
    expect(await own()).toEqual([
      expect.objectContaining({
        ...feedback,
        message: { ...answer.message, feedback },
        question: QUESTION,
        sessionId: answer.message.sessionId,
        user: { id, nickname },
        handledAt: null,
      }),
    ]);
  });

  test('what is said anew takes the place of the old, and is unseen again', async () => {
    await give({ rating: 'up' });
    const [first] = await own();
    await handle(true);
    await give({ rating: 'up' });
    const [same] = await own();
    expect(same).toEqual({ ...first, handledAt: expect.any(String) });
    await give({ rating: 'up', comment: '再想想' });
    const [anew] = await own();
    expect(anew).toMatchObject({ comment: '再想想', createdAt: first?.createdAt, handledAt: null });
    expect((await give({ rating: 'up', comment: '' })).data(rated).feedback?.comment).toBeNull();
    for (let n = 0; n < 2; n += 1) {
      const reply = await learner.call('DELETE', path(answer.message.id));
      expect(reply.data(rated).feedback).toBeNull();
    }
    expect(await own()).toEqual([]);
  });

  test('the newest comes first, by rating or by whether it was seen to, in pages', async () => {
    await give({ rating: 'down' });
    const second = await learner.askWhole(answer.message.sessionId, '你好');
    await give({ rating: 'up' }, second.message.id);
    const newest = (await list()).slice(0, 2).map(({ message }) => message.id);
    expect(newest).toEqual([second.message.id, answer.message.id]);
    await handle(true);
    const have = async (query: string) => (await list(query)).map(({ message }) => message.id);
    expect(await have('&rating=down&handled=true')).toContain(answer.message.id);
    expect(await have('&rating=up')).not.toContain(answer.message.id);
    expect(await have('&handled=false')).not.toContain(answer.message.id);
    const first = await admin.get('/api/admin/feedback?limit=1');
    const { items, nextCursor } = first.data(contract.pageOf(record));
    const next = await admin.get(`/api/admin/feedback?limit=1&cursor=${nextCursor}`);
    const [after] = next.data(contract.pageOf(record)).items;
    expect([items[0]?.message.id, after?.message.id]).toEqual(newest);
  });

  test('who saw to it is on record, once for each time', async () => {
    await give({ rating: 'down' });
    await Promise.all([handle(true), handle(true)]);
    expect((await handle(false)).data(record).handledAt).toBeNull();
    const audit = await auditOf(admin, `targetId=${answer.message.id}`);
    expect(audit.map(({ action, actorId }) => [action, actorId])).toEqual([
      ['feedback.reopen', idOf(admin)],
      ['feedback.handle', idOf(admin)],
    ]);
    expect((await handle(true, randomUUID())).failure().status).toBe(404);
  });

  test('only answers of one’s own are judged, in few words, and only admins read it', async () => {
    const refused: [object, string, number][] = [
      [{ rating: 'up' }, answer.userMessage.id, 409],
      [{ rating: 'up' }, randomUUID(), 404],
      [{ rating: 'good' }, answer.message.id, 400],
      [{}, answer.message.id, 400],
      [{ rating: 'up', comment: '长'.repeat(1001) }, answer.message.id, 400],
    ];
    for (const [body, id, status] of refused) {
      expect((await give(body, id)).failure().status).toBe(status);
    }
    const other = await asGuest(service.url);
    const theirs = await other.call('PUT', path(answer.message.id), { rating: 'up' });
    expect(theirs.failure()).toMatchObject({ status: 404, error: 'not_found' });
    for (const reply of [
      await learner.get('/api/admin/feedback'),
      await learner.call('PUT', `/api/admin/feedback/${answer.message.id}`, { handled: true }),
    ]) {
      expect(reply.failure()).toMatchObject({ status: 403, error: 'forbidden' });
    }
  });

  test('it is in the copy of one’s own data, and goes with the account', async () => {
    await give({ rating: 'down', comment: '我说的话' });
    await learner.call('PUT', `/api/messages/${answer.message.id}/favorite`);
    const copy = (await learner.get('/api/user/export')).data(exported);
    expect(copy.sessions[0]?.messages[1]).toMatchObject({
      favorite: true,
      feedback: { rating: 'down', comment: '我说的话' },
    });
    const behind = behindTheScenes(service);
    await close(learner);
    await behind.letTimePass(learner);
    await behind.eraseDue();
    expect(await own()).toEqual([]);
    expect(await behind.knex('feedback').where({ message_id: answer.message.id })).toEqual([]);
  });

  test('it and the favourites go over to the account that theirs becomes part of', async () => {
    const visits = visitsByWechat(service, wechat);
    const human = wechat.human();
    learner = await visits.login(human, 'miniprogram');
    answer = await learner.askWhole((await learner.openSession()).id, QUESTION);
    await give({ rating: 'up', comment: '好' });
    await learner.call('PUT', `/api/messages/${answer.message.id}/favorite`);
    const whole = await register(service.url);
    (await visits.link(human, 'web', whole)).data(contract.user);
    expect((await own())[0]?.user.id).toBe(idOf(whole));
    const kept = await whole.get('/api/favorites');
    const page = kept.data(contract.pageOf(z.object({ message: rated })));
    expect(page.items.map(({ message }) => message.id)).toEqual([answer.message.id]);
  });
});
