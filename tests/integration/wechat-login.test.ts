import { jest } from '@jest/globals';
import { z } from 'zod';
import { createTransact } from '../../backend/compose-stores.ts';
import * as contract from '../support/contract-schemas.ts';
import { holdTokens, priceOneForOne } from '../support/hold-tokens.ts';
import { asGuest, register, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import {
  startWechatStandIn,
  type WechatAppKind,
  type WechatStandIn,
} from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

const attempts = contract.pageOf(z.object({ method: z.string(), result: z.string() }));
const devices = contract.pageOf(z.object({ id: z.string(), method: z.string() }));
const KINDS: WechatAppKind[] = ['miniprogram', 'web'];

describeInBothModes('logging in by WeChat', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    service = await space.start(wechat.environment);
    visits = visitsByWechat(service, wechat);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const knex = () => service.platform.database.knex;
  const refusals = async () =>
    Number((await knex()('login_attempts').where({ result: 'wechat_refused' }).count())[0]?.count);

  test.each(KINDS)('the first login by %s makes an account, the next finds it', async (kind) => {
    const human = wechat.human({ nickname: ' 曾\u0000参 ' });
    const learner = await visits.login(human, kind);
    expect(learner.login.user).toMatchObject({
      email: null,
      role: 'learner',
      plan: 'free',
      wechatLinked: true,
      ...(kind === 'web'
        ? { nickname: '曾参', avatarUrl: 'https://thirdwx.qlogo.cn/mmopen/g3MonUZtNHk/46' }
        : { nickname: expect.stringMatching(/^微信用户\d{4}$/), avatarUrl: null }),
    });
    expect((await learner.balance()).balance).toBe(20_000);
    const again = await visits.login(human, kind);
    expect(again.login.user).toEqual(learner.login.user);
    expect((await again.balance()).balance).toBe(20_000);
    const method = kind === 'web' ? 'wechat_web' : 'wechat_miniprogram';
    const { items } = (await again.get('/api/user/login-logs')).data(attempts);
    expect(items).toMatchObject(Array(2).fill({ method, result: 'success' }));
    const ids = (await again.get('/api/user/logins')).data(devices).items.map(({ id }) => id);
    expect(new Set(ids).size).toBe(2);
  });

  test('one person is one account in both apps, however often and at once they come', async () => {
    const human = wechat.human();
    const logins = await Promise.all(
      [...KINDS, ...KINDS, ...KINDS].map((kind) => visits.login(human, kind)),
    );
    const ids = new Set(logins.map(({ login }) => login.user.id));
    expect(ids.size).toBe(1);
    expect(await logins[0]?.balance()).toMatchObject({ balance: 20_000 });
    const identities = await knex()('wechat_identities').where({ unionid: human.unionid });
    expect(identities.map(({ client }) => client).sort()).toEqual(KINDS);
  });

  test('people without a unionid come at once and are one account for each app', async () => {
    const human = wechat.human({ unionid: null });
    const logins = await Promise.all([...KINDS, ...KINDS].map((kind) => visits.login(human, kind)));
    expect(new Set(logins.map(({ login }) => login.user.id)).size).toBe(2);
  });

  test('a guest becomes the account, with conversations and what is left', async () => {
    const guest = await asGuest(service.url);
    const session = await guest.openSession();
    const learner = await visits.login(wechat.human(), 'web', guest);
    expect(learner.login.user).toMatchObject({ id: guest.login.user.id, role: 'learner' });
    expect((await learner.get(`/api/sessions/${session.id}`)).status).toBe(200);
    expect((await learner.balance()).balance).toBe(30_000);
    expect((await guest.get('/api/user/profile')).failure().error).toBe('unauthenticated');
  });

  test('a guest who is known already takes the conversations along', async () => {
    const human = wechat.human();
    const known = await visits.login(human, 'miniprogram');
    const guest = await asGuest(service.url);
    const session = await guest.openSession();
    const learner = await visits.login(human, 'web', guest);
    expect(learner.login.user.id).toBe(known.login.user.id);
    expect((await known.get(`/api/sessions/${session.id}`)).status).toBe(200);
    expect((await known.balance()).balance).toBe(20_000);
    expect((await guest.get('/api/user/profile')).status).toBe(401);
  });

  test('two people who use one guest’s token at once become two accounts', async () => {
    const guest = await asGuest(service.url);
    const humans = [wechat.human(), wechat.human(), wechat.human()];
    const replies = await Promise.all(
      humans.map((human) => visits.tryLogin(human, 'miniprogram', guest)),
    );
    const inside = replies.filter(({ status }) => status === 200);
    const users = inside.map((reply) => reply.data(contract.login).user);
    expect(inside.length).toBeGreaterThan(0);
    expect(new Set(users.map(({ id }) => id)).size).toBe(users.length);
    expect(users.every(({ role }) => role === 'learner')).toBe(true);
    for (const reply of replies) expect([200, 401]).toContain(reply.status);
  });

  test('somebody with an account who logs in as another leaves the first as it is', async () => {
    const first = await register(service.url);
    const second = await visits.login(wechat.human(), 'web', first);
    expect(second.login.user.id).not.toBe(first.login.user.id);
    const profile = (await first.get('/api/user/profile')).data(contract.user);
    expect(profile).toMatchObject({ email: first.login.user.email, wechatLinked: false });
  });

  test('a disabled account stays shut, by whichever app, and its log says so', async () => {
    const human = wechat.human();
    const { id } = (await visits.login(human, 'miniprogram')).login.user;
    await service.services.stores.users.update(id, { disabledAt: new Date() });
    for (const kind of KINDS) {
      const refused = (await visits.tryLogin(human, kind)).failure();
      expect(refused).toMatchObject({ status: 403, error: 'forbidden' });
    }
    const results = await knex()('login_attempts').where({ user_id: id }).pluck('result');
    expect(results.sort()).toEqual(['disabled', 'disabled', 'success']);
  });

  test('a used, unknown or foreign code is refused and on record; nothing else happens', async () => {
    const before = await refusals();
    const users = Number((await knex()('users').count())[0]?.count);
    const human = wechat.human();
    const body = { code: wechat.codeFor(human, 'miniprogram'), client: 'miniprogram' };
    const post = (more: object) =>
      visit(service.url).post('/api/auth/wechat-login', { ...body, ...more });
    expect((await post({})).status).toBe(200);
    const foreign = { code: wechat.codeFor(human, 'web') };
    for (const more of [{}, { code: 'never given' }, foreign]) {
      expect((await post(more)).failure()).toMatchObject({
        status: 401,
        error: 'invalid_credentials',
      });
    }
    expect(await refusals()).toBe(before + 3);
    expect(Number((await knex()('users').count())[0]?.count)).toBe(users + 1);
  });

  test('a code that is sent twice at once logs in the same person', async () => {
    const body = { code: wechat.codeFor(wechat.human(), 'miniprogram'), client: 'miniprogram' };
    const taps = await Promise.all(
      [1, 2, 3].map(() => visit(service.url).post('/api/auth/wechat-login', body)),
    );
    const inside = taps.filter(({ status }) => status === 200);
    const ids = inside.map((reply) => reply.data(contract.login).user.id);
    expect(new Set(ids).size).toBe(1);
  });

  test('when WeChat says only later that two are one, they become one', async () => {
    const human = wechat.human({ unionid: null });
    const older = await visits.login(human, 'miniprogram');
    const younger = await visits.login(human, 'web');
    const session = await younger.openSession();
    await service.services.stores.balances.credit(younger.login.user.id, 'grant', 7, '试');
    const bound = { ...human, unionid: wechat.human().unionid };
    expect((await visits.login(bound, 'web')).login.user.id).toBe(younger.login.user.id);
    const one = await visits.login(bound, 'miniprogram');
    expect(one.login.user.id).toBe(older.login.user.id);
    expect((await visits.login(bound, 'web')).login.user.id).toBe(older.login.user.id);
    expect((await one.balance()).balance).toBe(40_007);
    expect((await one.get(`/api/sessions/${session.id}`)).status).toBe(200);
    expect((await younger.get('/api/user/profile')).status).toBe(401);
    const { refreshToken } = younger.login;
    expect((await visit(service.url).post('/api/auth/refresh', { refreshToken })).status).toBe(401);
  });

  test('an answer that is being written puts that off, and keeps nobody out', async () => {
    const human = wechat.human({ unionid: null });
    const older = (await visits.login(human, 'miniprogram')).login.user;
    const younger = (await visits.login(human, 'web')).login.user;
    const { knex } = service.platform.database;
    const transact = createTransact(knex);
    await priceOneForOne(knex);
    const answer = '00000000-0000-4000-8000-000000000001';
    await transact((within) => holdTokens(within, younger.id, answer, 500));
    const bound = { ...human, unionid: wechat.human().unionid };
    for (const _ of ['once', 'again']) {
      expect((await visits.login(bound, 'web')).login.user.id).toBe(younger.id);
      expect((await visits.login(bound, 'miniprogram')).login.user.id).toBe(older.id);
    }
    await transact(({ charges }) => charges.release(answer));
    expect((await visits.login(bound, 'web')).login.user.id).toBe(older.id);
  });

  test('the key to sign with is kept sealed, and shown to nobody', async () => {
    const human = wechat.human();
    const learner = await visits.login(human, 'miniprogram');
    const sessionKey = wechat.lastSessionKey();
    const { id } = learner.login.user;
    const { wechat: service_ } = service.services.accounts;
    expect(await service_.sessionKeyOf(id)).toEqual({
      openid: human.openid.miniprogram,
      sessionKey,
    });
    const rows = await knex()('wechat_identities').where({ user_id: id });
    expect(rows).toMatchObject([{ session_key_sealed: expect.stringMatching(/^v1\./) }]);
    const replies = await Promise.all(
      ['verify', 'methods'].map((each) => learner.get(`/api/auth/${each}`)),
    );
    const own = ['profile', 'logins', 'login-logs', 'export'];
    replies.push(...(await Promise.all(own.map((each) => learner.get(`/api/user/${each}`)))));
    const seen = JSON.stringify([
      learner.login,
      replies.map(({ text }) => text),
      service.log,
      rows,
    ]);
    expect(seen).not.toContain(sessionKey);
    expect(replies.map(({ text }) => text).join()).not.toContain(rows[0].session_key_sealed);
    // Copied to somebody else's row it opens nothing.
    const other = await visits.login(wechat.human(), 'miniprogram');
    const { session_key_sealed } = rows[0];
    const theirs = knex()('wechat_identities').where({ user_id: other.login.user.id });
    await theirs.update({ session_key_sealed });
    expect(await service_.sessionKeyOf(other.login.user.id)).toBeUndefined();
  });

  test('neither secret nor code ever reached the log', () => {
    const log = JSON.stringify(service.log);
    for (const { secret } of Object.values(wechat.apps)) {
      expect(log).not.toContain(secret);
      expect(log).not.toContain(new URLSearchParams({ secret }).toString());
    }
    expect(log).not.toContain('js_code');
  });
});
