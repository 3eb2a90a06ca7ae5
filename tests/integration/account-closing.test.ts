import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, auditOf, logIn, WITH_ADMIN } from '../support/administrator.ts';
import { behindTheScenes, close, idOf } from '../support/closing.ts';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { type Learner, PASSWORD, register, visit } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const DAY_MS = 24 * 60 * 60 * 1000;
const QUESTION = '「学而不思则罔」是什么意思？';

describeInBothModes('closing an account', (mode) => {
  let tutor: TutorWithModel;
  let url: string;
  let admin: Learner;
  let learner: Learner;
  let behind: ReturnType<typeof behindTheScenes>;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    url = tutor.service.url;
    behind = behindTheScenes(tutor.service);
    admin = await asAdmin(url);
  });
  beforeEach(async () => {
    learner = await register(url);
  });
  afterAll(() => tutor.dispose());

  const tryToClose = (who: Learner, body?: object) => who.call('DELETE', '/api/user', body);
  const refresh = ({ login }: Learner) =>
    visit(url).post('/api/auth/refresh', { refreshToken: login.refreshToken });
  const noticesTo = async ({ login }: Learner) => {
    const jobs = await behind.knex('jobs').where({ kind: 'send-account-mail' });
    return jobs
      .map(({ payload }) => payload)
      .filter(({ kind, email }) => kind === 'notice' && email === login.user.email);
  };

  test('ends all logins at once, says when, and tells the owner by mail', async () => {
    const elsewhere = await logIn(url, learner.login.user.email);
    const closesAt = await close(learner, { password: PASSWORD });
    const days = (Date.parse(closesAt) - Date.now()) / DAY_MS;
    expect(days).toBeGreaterThan(13.9);
    expect(days).toBeLessThanOrEqual(14);
    for (const device of [learner, elsewhere]) {
      expect((await device.get('/api/user/profile')).failure().error).toBe('unauthenticated');
      expect((await refresh(device)).failure().error).toBe('unauthenticated');
    }
    expect(await noticesTo(learner)).toEqual([
      expect.objectContaining({ notice: 'account_closing' }),
    ]);
    const [entry] = await auditOf(admin, `targetId=${idOf(learner)}`);
    expect(entry).toMatchObject({
      action: 'account.close',
      actorId: idOf(learner),
      detail: { closesAt },
      address: null,
    });
    const reply = await admin.get(`/api/admin/users?q=${idOf(learner)}`);
    const listed = reply.data(contract.pageOf(z.object({ closesAt: z.string() }))).items;
    expect(listed).toEqual([{ closesAt }]);
  });

  test('needs no body; a wrong password closes nothing', async () => {
    const wrong = (await tryToClose(learner, { password: 'not the password' })).failure();
    expect(wrong).toMatchObject({ status: 401, error: 'invalid_credentials' });
    expect(wrong.details?.map(({ path }) => path)).toEqual(['password']);
    expect((await tryToClose(learner, { password: 7 })).failure().error).toBe('invalid_input');
    expect((await learner.get('/api/user/profile')).status).toBe(200);
    expect((await tryToClose(learner)).status).toBe(200);
    expect((await tryToClose(learner)).failure().error).toBe('unauthenticated');
  });

  test('takes the cookie of the page along', async () => {
    const reply = await learner.call('DELETE', '/api/user', undefined, {
      'x-guoxue-client': 'web',
    });
    expect(reply.headers.get('set-cookie')).toMatch(/^guoxue-refresh=;.*Path=\/api\/auth;.*1970/);
  });

  test('asked for many times at once it happens once', async () => {
    const replies = await Promise.all(Array.from({ length: 4 }, () => tryToClose(learner)));
    const dates = replies
      .filter(({ status }) => status === 200)
      .map((reply) => reply.data(z.object({ closesAt: z.string() })).closesAt);
    expect(new Set(dates).size).toBe(1);
    expect(await noticesTo(learner)).toHaveLength(1);
  });

  test('stops what is being written', async () => {
    const { id } = await learner.openSession();
    tutor.model.enqueue({ text: '孔子说。'.repeat(40), deltaDelayMs: 100 });
    const stream = await learner.ask(id, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    await close(learner);
    expect(dataOf(await stream.ended, 'done').message.status).toBe('stopped');
  });

  test('is undone by logging in again, and everything is as it was', async () => {
    const session = await learner.openSession({ title: '还在' });
    const { balance } = await learner.balance();
    await close(learner);
    await behind.eraseDue();
    const again = await logIn(url, learner.login.user.email);
    expect(again.login.user).toEqual(learner.login.user);
    const kept = await again.get(`/api/sessions/${session.id}`);
    expect(kept.data(contract.session)).toEqual(session);
    expect((await again.balance()).balance).toBe(balance);
    expect((await behind.userRow(learner)).closing_at).toBeNull();
    await behind.eraseDue();
    expect((await again.get('/api/user/profile')).status).toBe(200);
    const actions = (await auditOf(admin, `targetId=${idOf(learner)}`)).map(({ action }) => action);
    expect(actions).toEqual(['account.reopen', 'account.close']);
    expect((await refresh(learner)).failure().error).toBe('unauthenticated');
  });

  test('the last admin cannot; one of two can, and of two at once one stays', async () => {
    expect((await tryToClose(admin)).failure()).toMatchObject({ status: 409, error: 'conflict' });
    expect((await admin.get('/api/user/profile')).status).toBe(200);
    const { email } = learner.login.user;
    await admin.call('PATCH', `/api/admin/users/${idOf(learner)}`, { role: 'admin' });
    for (let round = 0; round < 4; round += 1) {
      const both = [admin, await logIn(url, email)];
      const replies = await Promise.all(both.map((each) => tryToClose(each)));
      expect(replies.map(({ status }) => status).sort()).toEqual([200, 409]);
      admin = await asAdmin(url);
    }
    await logIn(url, email);
    await admin.call('PATCH', `/api/admin/users/${idOf(learner)}`, { role: 'learner' });
  });
});
