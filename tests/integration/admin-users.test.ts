import { jest } from '@jest/globals';
import { administeredUser, asAdmin, auditOf, logIn, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import {
  asGuest,
  type Learner,
  PASSWORD,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

describeInOneMode('the administration of accounts', (mode) => {
  let tutor: TutorWithModel;
  let url: string;
  let admin: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, WITH_ADMIN);
    url = tutor.service.url;
    admin = await asAdmin(url);
  });
  afterAll(() => tutor.dispose());

  const list = async (query: string) =>
    (await admin.get(`/api/admin/users?${query}`)).data(contract.pageOf(administeredUser));
  const find = async (id: string) => (await list(`q=${id}`)).items[0];
  const patch = (by: Learner, { login }: Learner, amendment: object) =>
    by.call('PATCH', `/api/admin/users/${login.user.id}`, amendment);
  const amend = async (user: Learner, amendment: object) =>
    (await patch(admin, user, amendment)).data(administeredUser);
  const newAdmin = async () => {
    const learner = await register(url);
    await amend(learner, { role: 'admin' });
    return learner;
  };
  const deedsTo = async ({ login }: Learner) =>
    (await auditOf(admin, `targetId=${login.user.id}`)).map(({ action }) => action).reverse();

  test('is for admins: nobody is told who they are not', async () => {
    const learner = await register(url);
    const calls: [string, string, object?][] = [
      ['GET', '/api/admin/users'],
      ['PATCH', `/api/admin/users/${admin.login.user.id}`, { disabled: true }],
      ['PATCH', `/api/admin/users/${learner.login.user.id}`, { role: 'admin' }],
      ['GET', '/api/admin/audit-log'],
    ];
    for (const [method, path, body] of calls) {
      for (const client of [learner, await asGuest(url)]) {
        const reply = await client.call(method, path, body);
        expect(reply.failure()).toMatchObject({ status: 403, error: 'forbidden' });
      }
      const reply = await visit(url).call(method, path, body);
      expect(reply.failure()).toMatchObject({ status: 401, error: 'unauthenticated' });
    }
    expect(await find(learner.login.user.id)).toMatchObject({ role: 'learner', disabled: false });
  });

  test('lists newest first, in pages that fit together while people sign up', async () => {
    const made: string[] = [];
    for (let n = 0; n < 5; n += 1) made.unshift((await register(url)).login.user.id);
    const seen: string[] = [];
    let cursor = '';
    while (!made.every((id) => seen.includes(id))) {
      const page = await list(`limit=2${cursor}`);
      seen.push(...page.items.map(({ id }) => id));
      await register(url);
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen.filter((id) => made.includes(id))).toEqual(made);
    expect(new Set(seen).size).toBe(seen.length);
    expect((await admin.get('/api/admin/users?cursor=x')).failure().error).toBe('invalid_input');
  });

  test('finds by a part of the address or the name, by the id, and by what an account is', async () => {
    const learner = await register(url, `zhuxi-${someEmail()}`);
    const { id, email } = learner.login.user;
    await learner.call('PUT', '/api/user/profile', { nickname: '朱熹 100%' });
    for (const q of ['ZHUXI-', '熹 100%', id.toUpperCase(), email ?? '']) {
      const { items } = await list(`q=${encodeURIComponent(q)}`);
      expect({ q, ids: items.map((item) => item.id) }).toEqual({ q, ids: [id] });
    }
    expect((await list('q=%25')).items.map((item) => item.id)).toEqual([id]);
    expect((await list(`q=zhuxi-&role=admin`)).items).toEqual([]);
    expect((await list(`q=zhuxi-&plan=vip`)).items).toEqual([]);
    await amend(learner, { plan: 'vip', disabled: true });
    expect((await list(`q=zhuxi-&plan=vip&disabled=true&role=learner`)).items).toHaveLength(1);
    expect((await list(`q=zhuxi-&disabled=false`)).items).toEqual([]);
    const [found] = (await list('role=admin&q=admin@')).items;
    expect(found).toMatchObject({ id: admin.login.user.id, closesAt: null, disabled: false });
    expect(Date.parse(found?.lastLoginAt ?? '')).toBeLessThanOrEqual(Date.now());
  });

  test('shows no guest who has become part of an account, and changes none', async () => {
    const learner = await register(url);
    const guest = await asGuest(url);
    expect(await find(guest.login.user.id)).toMatchObject({ role: 'guest', email: null });
    await guest.post('/api/auth/email-login', {
      email: learner.login.user.email,
      password: PASSWORD,
    });
    expect(await find(guest.login.user.id)).toBeUndefined();
    expect((await patch(admin, guest, { disabled: false })).failure().status).toBe(404);
  });

  test('records each change, and only what changes', async () => {
    const learner = await register(url);
    const { id } = learner.login.user;
    expect(await amend(learner, { plan: 'vip' })).toMatchObject({ id, plan: 'vip' });
    await amend(learner, { plan: 'vip', disabled: false });
    await amend(learner, {});
    await amend(learner, { role: 'admin', plan: 'free' });
    const [first, ...others] = (await auditOf(admin, `targetId=${id}`)).reverse();
    expect(others.map(({ action }) => action).sort()).toEqual(['user.plan', 'user.role']);
    expect(first).toMatchObject({
      actorId: admin.login.user.id,
      actorName: admin.login.user.nickname,
      targetType: 'user',
      detail: { from: 'free', to: 'vip' },
      address: '127.0.0.1',
    });
  });

  test('gives a role that holds at once, and takes it at once', async () => {
    const learner = await register(url);
    await amend(learner, { role: 'admin' });
    expect((await learner.get('/api/admin/users')).status).toBe(200);
    await amend(learner, { role: 'learner' });
    expect((await learner.get('/api/admin/users')).failure().status).toBe(403);
  });

  test('disables at once: token, refreshing and logging in; and enables again', async () => {
    const learner = await register(url);
    const { email } = learner.login.user;
    const { refreshToken } = learner.login;
    expect(await amend(learner, { disabled: true })).toMatchObject({ disabled: true });
    expect((await learner.get('/api/user/profile')).failure().error).toBe('unauthenticated');
    const refreshed = await visit(url).post('/api/auth/refresh', { refreshToken });
    expect(refreshed.failure().status).toBe(401);
    const body = { email, password: PASSWORD };
    const refused = await visit(url).post('/api/auth/email-login', body);
    expect(refused.failure()).toMatchObject({ status: 403, error: 'forbidden' });
    expect(await amend(learner, { disabled: false })).toMatchObject({ disabled: false });
    expect((await learner.get('/api/user/profile')).failure().status).toBe(401);
    const again = await logIn(url, email);
    expect((await again.get('/api/user/profile')).status).toBe(200);
    expect(await deedsTo(learner)).toEqual(['user.disable', 'user.enable']);
  });

  test('gives a plan for some time or for good, and takes it', async () => {
    const learner = await register(url);
    const planUntil = new Date(Date.now() + 86_400_000).toISOString();
    const given = { plan: 'vip', planUntil };
    expect(await amend(learner, given)).toMatchObject(given);
    expect(await amend(learner, given)).toMatchObject(given);
    expect(await amend(learner, { disabled: false })).toMatchObject(given);
    expect(await amend(learner, { plan: 'vip' })).toMatchObject({ plan: 'vip', planUntil: null });
    expect(await amend(learner, { plan: 'free' })).toMatchObject({ plan: 'free', planUntil: null });
    expect(await deedsTo(learner)).toEqual(['user.plan', 'user.plan', 'user.plan']);
    for (const bad of [
      { plan: 'vip', planUntil: '2020-01-01T00:00:00Z' },
      { plan: 'free', planUntil },
      { planUntil },
    ]) {
      const refused = (await patch(admin, learner, bad)).failure();
      expect(refused).toMatchObject({ status: 400, error: 'invalid_input' });
    }
  });

  test('ends the logins of an account, which may log in again', async () => {
    const learner = await register(url);
    const phone = await logIn(url, learner.login.user.email);
    const ended = await admin.call('DELETE', `/api/admin/users/${learner.login.user.id}/logins`);
    expect(JSON.parse(ended.text)).toMatchObject({ code: 0, data: { ended: 2 } });
    for (const each of [learner, phone]) {
      expect((await each.get('/api/user/profile')).failure().status).toBe(401);
    }
    const again = await logIn(url, learner.login.user.email);
    expect((await again.get('/api/user/profile')).status).toBe(200);
    expect(await deedsTo(learner)).toEqual(['user.end_logins']);
  });

  test('stops what is being written for somebody who is disabled', async () => {
    const learner = await register(url);
    const { id } = await learner.openSession();
    tutor.model.enqueue({ text: '孔子说。'.repeat(40), deltaDelayMs: 100 });
    const stream = await learner.ask(id, '「学而不思则罔」是什么意思？');
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    await amend(learner, { disabled: true });
    expect(dataOf(await stream.ended, 'done').message.status).toBe('stopped');
  });

  test('refuses what would lock the one who asks out, and a role for a guest', async () => {
    for (const amendment of [
      { role: 'learner' },
      { disabled: true },
      { role: 'learner', plan: 'vip' },
    ]) {
      const refused = (await patch(admin, admin, amendment)).failure();
      expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    }
    expect(await find(admin.login.user.id)).toMatchObject({ role: 'admin', plan: 'free' });
    const guest = await asGuest(url);
    const refused = (await patch(admin, guest, { role: 'learner', disabled: true })).failure();
    expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    expect(await find(guest.login.user.id)).toMatchObject({ role: 'guest', disabled: false });
    expect(await deedsTo(guest)).toEqual([]);
    const unknown = '00000000-0000-4000-8000-000000000000';
    expect((await admin.call('PATCH', `/api/admin/users/${unknown}`, {})).failure().status).toBe(
      404,
    );
    const faulty = { role: 'guest', plan: 'gold', disabled: 'yes' };
    const faults = (await patch(admin, guest, faulty)).failure();
    expect(faults.details?.map(({ path }) => path).sort()).toEqual(['disabled', 'plan', 'role']);
  });

  test('leaves one admin of those who unseat each other at the same moment', async () => {
    for (let round = 0; round < 6; round += 1) {
      const circle = [await newAdmin(), await newAdmin(), await newAdmin()];
      const amendment = round % 2 === 0 ? { role: 'learner' } : { disabled: true };
      const knex = tutor.service.platform.database.knex;
      const others = knex('users').where({ role: 'admin' }).whereNotIn('id', circle.map(idOf));
      await others.clone().update({ disabled_at: knex.fn.now() });
      const replies = await Promise.all(
        circle.map((each, n) => patch(each, circle[(n + 1) % 3] ?? each, amendment)),
      );
      const left = await knex('users')
        .where({ role: 'admin' })
        .whereNull('disabled_at')
        .select('id');
      await others.clone().update({ disabled_at: null });
      expect(left.length).toBeGreaterThan(0);
      expect(replies.filter(({ status }) => status === 200)).toHaveLength(3 - left.length);
      for (const { status } of replies) expect([200, 401, 403, 409]).toContain(status);
      for (const each of circle) await amend(each, { role: 'learner', disabled: false });
    }
  });
  const idOf = ({ login }: Learner) => login.user.id;
});
