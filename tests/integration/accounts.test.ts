import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import {
  asGuest,
  asLearner,
  PASSWORD,
  register,
  someEmail,
  visit,
} from '../support/service-client.ts';
import { describeInBothModes, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

describeInBothModes('accounts', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const here = () => visit(service.url);

  test('somebody registers, is greeted by name and gets the welcome tokens', async () => {
    const email = someEmail();
    const { login, balance } = await register(service.url, `  ${email.toUpperCase()} `.trim());
    expect(login.user).toMatchObject({
      email,
      nickname: email.split('@')[0]?.slice(0, 32),
      role: 'learner',
      plan: 'free',
      emailVerified: false,
      wechatLinked: false,
    });
    expect(login.expiresIn).toBeGreaterThan(60);
    expect(await balance()).toMatchObject({ balance: 20_000, held: 0, available: 20_000 });
  });

  test('an address registers once, in whatever case it is written', async () => {
    const email = someEmail();
    await register(service.url, email);
    const body = { email: email.toUpperCase(), password: PASSWORD };
    const again = await here().post('/api/auth/register', body);
    expect(again.failure()).toMatchObject({ status: 409, error: 'email_taken' });
  });

  test('of many registrations of one address at once one succeeds', async () => {
    const body = { email: someEmail(), password: PASSWORD };
    const replies = await Promise.all(
      Array.from({ length: 5 }, () => here().post('/api/auth/register', body)),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([201, 409, 409, 409, 409]);
  });

  test('a wrong password and an unknown address get the same reply', async () => {
    const { login } = await register(service.url);
    const attempt = (email: string | null, password: string) =>
      here().post('/api/auth/email-login', { email, password });
    const wrong = (await attempt(login.user.email, 'not the password')).failure();
    const unknown = (await attempt(someEmail(), PASSWORD)).failure();
    expect(wrong).toMatchObject({ status: 401, error: 'invalid_credentials' });
    expect({ ...unknown, requestId: '' }).toEqual({ ...wrong, requestId: '' });
  });

  test('logging in again gives a token that says whose it is', async () => {
    const { login } = await register(service.url);
    const body = { email: login.user.email, password: PASSWORD };
    const again = (await here().post('/api/auth/email-login', body)).data(contract.login);
    expect(again.user).toEqual(login.user);
    const reply = await visit(service.url, again.accessToken).get('/api/auth/verify');
    const { user, expiresAt } = reply.data(contract.verified);
    expect(user.id).toBe(login.user.id);
    const seconds = (Date.parse(expiresAt) - Date.now()) / 1_000;
    expect(Math.abs(seconds - again.expiresIn)).toBeLessThan(30);
  });

  test('a guest gets a small allowance and no address', async () => {
    const guest = await asGuest(service.url);
    expect(guest.login.user).toMatchObject({ role: 'guest', email: null });
    expect((await guest.balance()).available).toBe(10_000);
  });

  test('a guest who registers stays the same person, with sessions and all', async () => {
    const guest = await asGuest(service.url);
    const session = await guest.openSession({ title: '游客的对话' });
    const body = { email: someEmail(), password: PASSWORD };
    const reply = await guest.post('/api/auth/register', body);
    const learner = asLearner(service.url, reply.data(contract.login, 201));
    expect(learner.login.user).toMatchObject({ id: guest.login.user.id, role: 'learner' });
    const kept = await learner.get(`/api/sessions/${session.id}`);
    expect(kept.data(contract.session)).toEqual(session);
    expect((await learner.balance()).balance).toBe(30_000);
  });

  test('a guest who registers with a taken address stays a guest', async () => {
    const { login } = await register(service.url);
    const guest = await asGuest(service.url);
    const body = { email: login.user.email, password: PASSWORD };
    expect((await guest.post('/api/auth/register', body)).failure().error).toBe('email_taken');
    const profile = await guest.get('/api/user/profile');
    expect(profile.data(contract.user)).toEqual(guest.login.user);
  });

  test('a guest who signs up several times at once becomes one account', async () => {
    for (let round = 0; round < 3; round += 1) {
      const guest = await asGuest(service.url);
      const replies = await Promise.all(
        Array.from({ length: 4 }, () =>
          guest.post('/api/auth/register', { email: someEmail(), password: PASSWORD }),
        ),
      );
      expect(replies.map(({ status }) => status).sort()[0]).toBe(201);
      const lost = replies.filter(({ status }) => status !== 201);
      expect(lost).toHaveLength(3);
      // Who comes so late that the guest's login has ended is told that.
      for (const reply of lost) {
        expect([401, 409]).toContain(reply.status);
        if (reply.status === 409) expect(reply.failure().error).toBe('conflict');
      }
    }
  });

  test('a guest who logs in takes the sessions along and is no more', async () => {
    const learner = await register(service.url);
    const guest = await asGuest(service.url);
    const session = await guest.openSession();
    const body = { email: learner.login.user.email, password: PASSWORD };
    (await guest.post('/api/auth/email-login', body)).data(contract.login);
    const moved = await learner.get(`/api/sessions/${session.id}`);
    expect(moved.data(contract.session).id).toBe(session.id);
    expect((await guest.get('/api/user/profile')).failure().error).toBe('unauthenticated');
    const { refreshToken } = guest.login;
    expect((await here().post('/api/auth/refresh', { refreshToken })).status).toBe(401);
  });

  test('a learner who logs into a second account leaves the first as it is', async () => {
    const first = await register(service.url);
    const session = await first.openSession();
    const second = await register(service.url);
    const body = { email: second.login.user.email, password: PASSWORD };
    (await first.post('/api/auth/email-login', body)).data(contract.login);
    expect((await first.get(`/api/sessions/${session.id}`)).status).toBe(200);
    expect((await second.get(`/api/sessions/${session.id}`)).status).toBe(404);
  });

  test('the profile can be changed, a part at a time', async () => {
    const learner = await register(service.url);
    const put = (change: object) => learner.call('PUT', '/api/user/profile', change);
    const nickname = '子曰 🎋';
    const avatarUrl = 'https://example.org/me.png';
    expect((await put({ nickname })).data(contract.user).nickname).toBe(nickname);
    expect((await put({ avatarUrl })).data(contract.user)).toMatchObject({ nickname, avatarUrl });
    expect((await put({ avatarUrl: null })).data(contract.user).avatarUrl).toBeNull();
    const odd = '子\u202e曰\n\u200b 🎋\u2028';
    expect((await put({ nickname: odd })).data(contract.user).nickname).toBe(nickname);
    for (const unseen of ['\u200b\u200d', '\u202e', '\n\r', '\u0301']) {
      const failure = (await put({ nickname: unseen })).failure();
      expect(failure.details?.map(({ path }) => path)).toEqual(['nickname']);
    }
    const long = `https://example.org/${'a'.repeat(481)}`;
    expect((await put({ avatarUrl: long })).failure().details?.[0]?.path).toBe('avatarUrl');
    const unsafe = (await put({ avatarUrl: 'javascript:alert(1)', nickname: ' ' })).failure();
    expect(unsafe.details?.map(({ path }) => path).sort()).toEqual(['avatarUrl', 'nickname']);
    const profile = (await learner.get('/api/user/profile')).data(contract.user);
    expect(profile).toMatchObject({ nickname, avatarUrl: null });
  });
});
