import { jest } from '@jest/globals';
import { verify } from '@node-rs/argon2';
import { createAttempts } from '../../backend/accounts/passwords/attempts.ts';
import { createLoginThrottle } from '../../backend/accounts/passwords/login-throttle.ts';
import { passwordMatches } from '../../backend/accounts/passwords/password-hash.ts';
import { createPasswordService } from '../../backend/accounts/passwords/password-service.ts';
import { createTransact } from '../../backend/compose-stores.ts';
import * as contract from '../support/contract-schemas.ts';
import { type Mailbox, openMailbox } from '../support/mailbox.ts';
import {
  asGuest,
  asLearner,
  type Learner,
  PASSWORD,
  type Reply,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const NEXT = '温故而知新 1187';

describeInOneMode('passwords', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let mailbox: Mailbox;
  beforeAll(async () => {
    space = await openSpace(mode);
    mailbox = await openMailbox(space);
    service = await space.start(mailbox.environment, { waitForLibrary: false });
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const here = () => visit(service.url);
  const knex = () => service.platform.database.knex;
  const enter = (email: string | null, password: string) =>
    here().post('/api/auth/email-login', { email, password });
  const change = (learner: Learner, body: object) =>
    learner.call('PUT', '/api/user/password', body);
  const isIn = async (learner: Learner) => (await learner.get('/api/user/profile')).status;

  test('a changed password is the one that counts, and the owner is told', async () => {
    const learner = await register(service.url);
    const { email } = learner.login.user;
    const reply = await change(learner, { currentPassword: PASSWORD, password: NEXT });
    expect(reply.status).toBe(200);
    expect((await enter(email, PASSWORD)).failure().error).toBe('invalid_credentials');
    expect((await enter(email, NEXT)).status).toBe(200);
    const { text } = await mailbox.next(email ?? '', '密码已修改');
    expect(text).not.toContain(NEXT);
  });

  test('with it all other logins end at once, down to the access token', async () => {
    const learner = await register(service.url);
    const { email } = learner.login.user;
    const others = await Promise.all(
      [1, 2].map(async () =>
        asLearner(service.url, (await enter(email, PASSWORD)).data(contract.login)),
      ),
    );
    for (const other of others) expect(await isIn(other)).toBe(200);
    await change(learner, { currentPassword: PASSWORD, password: NEXT });
    expect(await isIn(learner)).toBe(200);
    for (const other of others) {
      expect(await isIn(other)).toBe(401);
      const { refreshToken } = other.login;
      expect((await here().post('/api/auth/refresh', { refreshToken })).status).toBe(401);
    }
    const { refreshToken } = learner.login;
    expect((await here().post('/api/auth/refresh', { refreshToken })).status).toBe(200);
  });

  test('whoever does not know the current one changes nothing', async () => {
    const learner = await register(service.url);
    const stranger = await change(learner, { currentPassword: 'not this one', password: NEXT });
    expect(stranger.failure()).toMatchObject({
      ...{ status: 401, error: 'invalid_credentials', details: [{ path: 'currentPassword' }] },
    });
    expect((await change(learner, { password: NEXT })).failure()).toMatchObject({
      ...{ status: 400, error: 'invalid_input', details: [{ path: 'currentPassword' }] },
    });
    expect((await enter(learner.login.user.email, PASSWORD)).status).toBe(200);
    expect(await isIn(learner)).toBe(200);
  });

  test('of two changes at once one wins, and its password is the one that holds', async () => {
    const learner = await register(service.url);
    const wanted = [NEXT, `${NEXT} 又`, `${NEXT} 再`];
    const replies = await Promise.all(
      wanted.map((password) => change(learner, { currentPassword: PASSWORD, password })),
    );
    const statuses = replies.map(({ status }) => status);
    expect(statuses.filter((status) => status === 200)).toHaveLength(1);
    const winner = wanted[statuses.indexOf(200)] ?? '';
    expect((await enter(learner.login.user.email, winner)).status).toBe(200);
  });

  test('a bad one is refused wherever one is set, with the other faults where they show', async () => {
    const learner = await register(service.url);
    const fault = { status: 400, error: 'invalid_input', details: [{ path: 'password' }] };
    const body = { email: someEmail(), password: 'Password123' };
    expect((await here().post('/api/auth/register', body)).failure()).toMatchObject(fault);
    const changed = await change(learner, { currentPassword: PASSWORD, password: 'qwertyuiop' });
    expect(changed.failure()).toMatchObject(fault);
    const named = { email: someEmail(), password: '三人行必有我师', nickname: '三人行必有我' };
    expect((await here().post('/api/auth/register', named)).failure()).toMatchObject(fault);
    const both = { email: 'no address', password: '11111111', nickname: '' };
    const { details } = (await here().post('/api/auth/register', both)).failure();
    expect(details?.map(({ path }) => path).sort()).toEqual(['email', 'nickname', 'password']);
  });

  test('all that is wrong is said at once, what many have and what is personal too', async () => {
    const learner = await register(service.url);
    const faultsOf = async (reply: Promise<Reply>) =>
      (await reply).failure().details?.map(({ path }) => path);
    const up = (body: object) => faultsOf(here().post('/api/auth/register', body));
    expect(await up({ email: 'no address', password: 'password123' })).toEqual([
      'email',
      'password',
    ]);
    const nickname = '三人行必有我';
    const personal = { email: 'no address', password: `${nickname}师`, nickname };
    expect(await up(personal)).toEqual(['email', 'password']);
    const own = { email: 'zengcan@example.org', password: 'zengcan-1187', nickname: '' };
    expect(await up(own)).toEqual(['nickname', 'password']);
    expect(await up({ ...own, nickname: 5, password: 5 })).toEqual(['password', 'nickname']);
    expect(await up({ password: 'zengcan-1187' })).toEqual(['email']);
    const bad = { token: '', password: 'wodemima' };
    expect(await faultsOf(here().post('/api/auth/reset-password', bad))).toEqual([
      'token',
      'password',
    ]);
    expect(await faultsOf(change(learner, { currentPassword: '', password: '19900101' }))).toEqual([
      'currentPassword',
      'password',
    ]);
    const { nickname: name } = learner.login.user;
    expect(await faultsOf(change(learner, { password: name }))).toEqual([
      'password',
      'currentPassword',
    ]);
  });

  test('a guest has none to set', async () => {
    const guest = await asGuest(service.url);
    for (const [method, path, body] of [
      ['PUT', '/api/user/password', { password: NEXT }],
      ['PUT', '/api/user/email', { email: someEmail() }],
      ['POST', '/api/user/verification-mail', {}],
    ] as const) {
      expect((await guest.call(method, path, body)).failure()).toMatchObject({ status: 403 });
    }
  });

  test('an account without one sets its first when its address is confirmed', async () => {
    const learner = await register(service.url);
    const { id, email } = learner.login.user;
    const token = await mailbox.token(email ?? '', '确认你的邮箱');
    await knex()('users').where({ id }).update({ password_hash: null });
    expect((await enter(email, PASSWORD)).failure().error).toBe('invalid_credentials');
    expect((await change(learner, { password: NEXT })).failure()).toMatchObject({ status: 409 });
    await here().post('/api/auth/verify-email', { token });
    expect((await change(learner, { password: NEXT })).status).toBe(200);
    expect((await enter(email, NEXT)).status).toBe(200);
  });

  test('a change is on the audit trail, without any password', async () => {
    const learner = await register(service.url);
    const { id } = learner.login.user;
    await change(learner, { currentPassword: PASSWORD, password: NEXT });
    const entries = await knex()('audit_log').where({ target_id: id });
    expect(entries).toMatchObject([{ action: 'account.password', actor_id: id }]);
    expect(JSON.stringify(entries)).not.toContain(NEXT);
  });

  test('the same work is done whoever knocks: one look at one hash', async () => {
    const accounts = await Promise.all([1, 2, 3].map(() => register(service.url)));
    const [usual, disabled, without] = accounts.map(({ login }) => login.user);
    await knex()('users').where({ id: disabled?.id }).update({ disabled_at: new Date() });
    await knex()('users').where({ id: without?.id }).update({ password_hash: null });
    const looks: string[] = [];
    const transact = createTransact(knex());
    const passwords = createPasswordService({
      ...{ stores: service.services.stores, transact, sendMails: () => undefined },
      throttle: createLoginThrottle(createAttempts(transact)),
      matches: (stored, password) =>
        passwordMatches(stored, password, (hash, given) => {
          looks.push(hash);
          return verify(hash, given);
        }),
    });
    const knock = async (email: string | null | undefined, password = 'wrong password') => {
      looks.length = 0;
      const caller = { address: '192.0.2.1', agent: '', fromPage: false };
      const visit = { method: 'password', caller } as const;
      const found = await passwords.check(email ?? '', password, visit);
      return { found, looks: looks.map((hash) => hash.split('$').slice(0, 4).join('$')) };
    };
    const once = { found: undefined, looks: ['$argon2id$v=19$m=19456,t=2,p=1'] };
    expect(await knock(usual?.email)).toEqual(once);
    expect(await knock(someEmail())).toEqual(once);
    expect(await knock(disabled?.email)).toEqual(once);
    expect(await knock(without?.email)).toEqual(once);
    expect(await knock(usual?.email, PASSWORD)).toMatchObject({ found: { id: usual?.id } });
    expect(looks).toHaveLength(1);
  });

  test('of a disabled account it is said only to who knows the password', async () => {
    const { login } = await register(service.url);
    await knex()('users').where({ id: login.user.id }).update({ disabled_at: new Date() });
    expect((await enter(login.user.email, 'wrong password')).failure().status).toBe(401);
    expect((await enter(login.user.email, PASSWORD)).failure().status).toBe(403);
  });
});
