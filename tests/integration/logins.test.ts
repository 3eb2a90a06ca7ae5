import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { asLearner, PASSWORD, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const PHONE = 'Mozilla/5.0 (iPhone) MicroMessenger/8.0';

describeInOneMode('the logins of an account', (mode) => {
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

  /** The same account on its phone and on its laptop. */
  async function onTwoDevices() {
    const laptop = await register(service.url);
    const { email } = laptop.login.user;
    const body = { email, password: PASSWORD };
    const headers = { 'user-agent': PHONE };
    const reply = await visit(service.url).post('/api/auth/email-login', body, headers);
    return { email, laptop, phone: asLearner(service.url, reply.data(contract.login)) };
  }
  const liveLogins = async (client: { get: (path: string) => ReturnType<typeof laptopGet> }) =>
    (await client.get('/api/user/logins')).data(contract.pageOf(contract.liveLogin)).items;
  const laptopGet = (path: string) => visit(service.url).get(path);
  const works = async (token: string) =>
    (await visit(service.url, token).get('/api/user/profile')).status;

  test('are listed by device, and one can end the other, at once', async () => {
    const { laptop, phone } = await onTwoDevices();
    const seen = await liveLogins(laptop);
    expect(seen).toHaveLength(2);
    const [other] = seen.filter(({ current }) => !current);
    expect(other).toMatchObject({ agent: PHONE, method: 'password', address: '127.0.0.1' });
    expect((await phone.call('DELETE', `/api/user/logins/${other?.id}`)).status).toBe(200);
    expect(await works(phone.login.accessToken)).toBe(401);
    expect(await works(laptop.login.accessToken)).toBe(200);
    const { refreshToken } = phone.login;
    const refreshed = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    expect(refreshed.failure()).toMatchObject({ status: 401, error: 'unauthenticated' });
    expect(await liveLogins(laptop)).toHaveLength(1);
    const again = await laptop.call('DELETE', `/api/user/logins/${other?.id}`);
    expect(again.failure()).toMatchObject({ status: 404, error: 'not_found' });
  });

  test('end all together but for the one that asks', async () => {
    const { laptop, phone } = await onTwoDevices();
    const ended = await phone.call('DELETE', '/api/user/logins');
    expect(ended.data(z.object({ ended: z.int() }))).toEqual({ ended: 1 });
    expect(await works(laptop.login.accessToken)).toBe(401);
    expect(await works(phone.login.accessToken)).toBe(200);
  });

  test('are nobody else’s business', async () => {
    const { laptop } = await onTwoDevices();
    const stranger = await register(service.url);
    const [own] = await liveLogins(laptop);
    const reply = await stranger.call('DELETE', `/api/user/logins/${own?.id}`);
    expect(reply.failure()).toMatchObject({ status: 404, error: 'not_found' });
    expect(await liveLogins(stranger)).toHaveLength(1);
    expect(await liveLogins(laptop)).toHaveLength(2);
  });

  test('stay one device however often its token is refreshed', async () => {
    const { laptop } = await onTwoDevices();
    let { refreshToken } = laptop.login;
    for (let n = 0; n < 3; n += 1) {
      const reply = await visit(service.url).post('/api/auth/refresh', { refreshToken });
      refreshToken = reply.data(contract.login).refreshToken;
    }
    expect(await liveLogins(laptop)).toHaveLength(2);
  });

  test('a token from before its account logged out is refused at once', async () => {
    const { laptop, phone } = await onTwoDevices();
    const { refreshToken } = phone.login;
    await visit(service.url).post('/api/auth/logout', { refreshToken });
    expect(await works(phone.login.accessToken)).toBe(401);
    expect(await works(laptop.login.accessToken)).toBe(200);
  });

  test('end after half a year, however busy they are', async () => {
    const { laptop } = await onTwoDevices();
    const { knex } = service.platform.database;
    const { id } = laptop.login.user;
    const days = (count: number) => knex.raw(`now() - ? * interval '1 day'`, [count]);
    const refresh = async (refreshToken: string) =>
      visit(service.url).post('/api/auth/refresh', { refreshToken });
    await knex('logins')
      .where({ user_id: id })
      .update({ created_at: days(179) });
    const last = (await refresh(laptop.login.refreshToken)).data(contract.login);
    const expiries = await knex('refresh_tokens')
      .where({ user_id: id })
      .whereNull('used_at')
      .orderBy('expires_at')
      .select('expires_at');
    const hoursLeft = (expiries[0].expires_at.getTime() - Date.now()) / 3_600_000;
    expect(Math.round(hoursLeft)).toBe(24);
    await knex('logins')
      .where({ user_id: id })
      .update({ created_at: days(181) });
    const over = (await refresh(last.refreshToken)).data(contract.login);
    expect((await refresh(over.refreshToken)).failure()).toMatchObject({ status: 401 });
  });

  test('each attempt is on record for its owner, the failed ones too', async () => {
    const { email, laptop } = await onTwoDevices();
    const wrong = { email, password: 'not this one' };
    const headers = { 'user-agent': 'a stranger' };
    expect((await visit(service.url).post('/api/auth/email-login', wrong, headers)).status).toBe(
      401,
    );
    const log = async (cursor = '') =>
      (await laptop.get(`/api/user/login-logs?limit=2${cursor}`)).data(
        contract.pageOf(contract.loginAttempt),
      );
    const newest = await log();
    expect(newest.items).toMatchObject([
      { result: 'wrong_password', method: 'password', agent: 'a stranger', address: '127.0.0.1' },
      { result: 'success', method: 'password', agent: PHONE },
    ]);
    const oldest = await log(`&cursor=${newest.nextCursor}`);
    expect(oldest).toMatchObject({
      items: [{ result: 'success', method: 'register' }],
      nextCursor: null,
    });
  });
});

describeInOneMode('guests', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({ GUEST_GRANT_TOKENS: '1000' });
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  async function enter(headers: Record<string, string> = {}) {
    const reply = await visit(service.url).post('/api/auth/guest', {}, headers);
    const guest = asLearner(service.url, reply.data(contract.login, 201));
    return { cookie: reply.headers.getSetCookie(), balance: (await guest.balance()).balance };
  }
  const device = (name: string) => ({ 'x-device-id': name.padEnd(24, '-') });

  test('get their allowance once a day for a device, however often they come', async () => {
    expect((await enter(device('phone'))).balance).toBe(1_000);
    expect((await enter(device('phone'))).balance).toBe(0);
    expect((await enter(device('tablet'))).balance).toBe(1_000);
  });

  test('get it once also when many of the same device come at the same moment', async () => {
    const crowd = await Promise.all(Array.from({ length: 8 }, () => enter(device('crowd'))));
    expect(crowd.reduce((sum, { balance }) => sum + balance, 0)).toBe(1_000);
  });

  test('share what their address may give away', async () => {
    const { knex } = service.platform.database;
    await knex('guest_allowances').update({ granted: 200 * 1_000 - 300 });
    const balances = [(await enter()).balance, (await enter()).balance];
    expect(balances).toEqual([300, 0]);
    await knex('guest_allowances').update({ granted: 0 });
  });
});
