import { createHmac } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { type Learner, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString('base64url');
const decode = (part: string | undefined) =>
  JSON.parse(Buffer.from(part ?? '', 'base64url').toString());

/** A token as the service would sign it, but for what is changed. */
function forge(
  token: string,
  secret: string,
  { header = {}, claims = {} }: { header?: object; claims?: object } = {},
): string {
  const [head, body] = token.split('.');
  const unsigned = `${encode({ ...decode(head), ...header })}.${encode({ ...decode(body), ...claims })}`;
  return `${unsigned}.${createHmac('sha256', secret).update(unsigned).digest('base64url')}`;
}

describeInOneMode('tokens', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
    learner = await register(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const secret = () => service.config.jwtSecret ?? '';
  const verify = async (token: string) =>
    (await visit(service.url, token).get('/api/auth/verify')).failure();
  const refresh = (refreshToken: string) =>
    visit(service.url).post('/api/auth/refresh', { refreshToken });

  test('a forged token with nothing changed is as good as the real one', async () => {
    const reply = await visit(service.url, forge(learner.login.accessToken, secret())).get(
      '/api/auth/verify',
    );
    expect(reply.data(contract.verified).user.id).toBe(learner.login.user.id);
  });

  test('a token that has expired says so, everywhere the same', async () => {
    const past = Math.floor(Date.now() / 1_000) - 10;
    const expired = forge(learner.login.accessToken, secret(), { claims: { exp: past } });
    expect(await verify(expired)).toMatchObject({ status: 401, error: 'token_expired' });
    const guestCall = await visit(service.url, expired).post('/api/auth/email-login', {
      email: learner.login.user.email,
      password: 'whatever',
    });
    expect(guestCall.failure()).toMatchObject({ status: 401, error: 'token_expired' });
  });

  test('a token of a foreign key, issuer, algorithm or person is nobody’s', async () => {
    const { accessToken } = learner.login;
    const [head, body] = accessToken.split('.');
    const unsigned = `${encode({ alg: 'none', typ: 'JWT' })}.${body}.`;
    const strangers = [
      forge(accessToken, 'a key that somebody else made up, long enough'),
      forge(accessToken, secret(), { header: { alg: 'HS512' } }),
      forge(accessToken, secret(), { claims: { iss: 'somebody else' } }),
      forge(accessToken, secret(), { claims: { sub: '00000000-0000-4000-8000-000000000000' } }),
      unsigned,
      `${unsigned}${createHmac('sha256', secret()).update(unsigned).digest('base64url')}`,
      `${head}.${body}.`,
      'not-a-token',
      `${head}.${Buffer.from('not json').toString('base64url')}.x`,
      `${Buffer.from('not json').toString('base64url')}.${body}.x`,
    ];
    for (const token of strangers) {
      expect(await verify(token)).toMatchObject({ status: 401, error: 'unauthenticated' });
    }
  });

  test.each(['', 'Bearer', 'Bearer  ', 'Basic bGVhcm5lcjpwYXNz', 'bearer null'])(
    'an Authorization header «%s» is refused like none at all',
    async (authorization) => {
      const reply = await visit(service.url).get('/api/user/profile', { authorization });
      expect(reply.failure()).toMatchObject({ status: 401, error: 'unauthenticated' });
    },
  );

  test('a login needs no token: one that is over stands in nobody’s way', async () => {
    const { login } = await register(service.url);
    const { refreshToken } = login;
    await visit(service.url).post('/api/auth/logout', { refreshToken });
    const body = { email: login.user.email, password: '学而时习之 2500' };
    for (const token of [login.accessToken, 'not-a-token', '']) {
      const reply = await visit(service.url, token).post('/api/auth/email-login', body);
      expect(reply.data(contract.login).user.id).toBe(login.user.id);
    }
  });

  test('a refresh token works once; the new ones go on', async () => {
    const { login } = await register(service.url);
    const second = (await refresh(login.refreshToken)).data(contract.login);
    expect(second.refreshToken).not.toBe(login.refreshToken);
    const third = (await refresh(second.refreshToken)).data(contract.login);
    const profile = await visit(service.url, third.accessToken).get('/api/user/profile');
    expect(profile.data(contract.user).id).toBe(login.user.id);
  });

  test('a refresh token that comes twice ends its whole family and no other', async () => {
    const { login } = await register(service.url);
    const body = { email: login.user.email, password: '学而时习之 2500' };
    const elsewhere = (await visit(service.url).post('/api/auth/email-login', body)).data(
      contract.login,
    );
    const second = (await refresh(login.refreshToken)).data(contract.login);
    expect((await refresh(login.refreshToken)).failure().error).toBe('unauthenticated');
    expect((await refresh(second.refreshToken)).failure().error).toBe('unauthenticated');
    expect((await refresh(elsewhere.refreshToken)).status).toBe(200);
  });

  test('of many who use a refresh token at once none keeps a login that works', async () => {
    for (let round = 0; round < 5; round += 1) {
      const { login } = await register(service.url);
      const replies = await Promise.all(
        Array.from({ length: 6 }, () => refresh(login.refreshToken)),
      );
      const winners = replies.filter(({ status }) => status === 200);
      expect(winners.length).toBeLessThanOrEqual(1);
      for (const winner of winners) {
        const { refreshToken } = winner.data(contract.login);
        expect((await refresh(refreshToken)).failure().error).toBe('unauthenticated');
      }
    }
  });

  test('logging out ends the login, and may be repeated', async () => {
    const { login } = await register(service.url);
    const { refreshToken } = (await refresh(login.refreshToken)).data(contract.login);
    for (const _ of ['first', 'again']) {
      const reply = await visit(service.url).post('/api/auth/logout', { refreshToken });
      expect(reply.status).toBe(200);
    }
    expect((await refresh(refreshToken)).failure()).toMatchObject({ error: 'unauthenticated' });
    expect((await refresh('never-given')).failure()).toMatchObject({ error: 'unauthenticated' });
  });
});
