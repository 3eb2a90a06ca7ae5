import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, PASSWORD, register, someEmail, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { openWebPage, type WebPage } from '../support/web-page.ts';

jest.setTimeout(60_000);

const pageLogin = contract.login.extend({ refreshToken: z.null() });
const COOKIE = 'guoxue-refresh';

describeInOneMode('the login of the web page', (mode) => {
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

  async function signUp(): Promise<WebPage> {
    const page = openWebPage(service.url);
    const body = { email: someEmail(), password: PASSWORD };
    (await page.post('/api/auth/register', body)).data(pageLogin, 201);
    return page;
  }
  const refresh = (page: WebPage) => page.post('/api/auth/refresh');
  const works = async (reply: Awaited<ReturnType<WebPage['post']>>) => {
    const { accessToken } = reply.data(pageLogin);
    return (await visit(service.url, accessToken).get('/api/user/profile')).status === 200;
  };

  test('keeps its refresh token where no script can read it', async () => {
    const page = await signUp();
    expect(page.setCookies).toEqual([
      expect.objectContaining({
        ...{ name: COOKIE, httpOnly: true, sameSite: 'strict', path: '/api/auth' },
        maxAge: 30 * 24 * 60 * 60,
      }),
    ]);
    const first = page.cookies.get(COOKIE);
    expect(await works(await refresh(page))).toBe(true);
    expect(page.cookies.get(COOKIE)).not.toBe(first);
    expect((await page.post('/api/auth/logout')).status).toBe(200);
    expect(page.cookies.has(COOKIE)).toBe(false);
    expect((await refresh(page)).failure()).toMatchObject({ status: 400, error: 'invalid_input' });
  });

  test('takes over a token that was kept by the page itself before', async () => {
    const { login } = await register(service.url);
    const page = openWebPage(service.url);
    const { refreshToken } = login;
    (await page.post('/api/auth/refresh', { refreshToken })).data(pageLogin);
    expect(await works(await refresh(page))).toBe(true);
  });

  test('survives a reply that got lost, as often as it takes', async () => {
    const page = await signUp();
    const kept = page.cookies.get(COOKIE) as string;
    for (const _ of ['lost once', 'lost again']) {
      page.cookies.set(COOKIE, kept);
      expect(await works(await refresh(page))).toBe(true);
    }
    expect(await works(await refresh(page))).toBe(true);
  });

  test('ends when an old token comes back after the new one was used', async () => {
    const page = await signUp();
    const stolen = page.cookies.get(COOKIE) as string;
    await refresh(page);
    await refresh(page);
    const thief = openWebPage(service.url);
    thief.cookies.set(COOKIE, stolen);
    expect((await refresh(thief)).failure()).toMatchObject({ error: 'unauthenticated' });
    expect((await refresh(page)).failure()).toMatchObject({ error: 'unauthenticated' });
    expect(page.cookies.has(COOKIE)).toBe(false);
  });

  test('forgives nothing where the token was ever kept by others, whatever they call themselves', async () => {
    const { login } = await register(service.url);
    const { refreshToken } = login;
    const owner = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    const thief = openWebPage(service.url);
    thief.cookies.set(COOKIE, refreshToken);
    expect((await refresh(thief)).failure()).toMatchObject({ error: 'unauthenticated' });
    const next = { refreshToken: owner.data(contract.login).refreshToken };
    expect((await visit(service.url).post('/api/auth/refresh', next)).status).toBe(401);
  });

  test('ends when what got lost turns up with somebody else', async () => {
    const page = await signUp();
    const kept = page.cookies.get(COOKIE) as string;
    const lost = (await refresh(page)) && (page.cookies.get(COOKIE) as string);
    page.cookies.set(COOKIE, kept);
    expect(await works(await refresh(page))).toBe(true);
    const thief = openWebPage(service.url);
    thief.cookies.set(COOKIE, lost);
    expect((await refresh(thief)).failure()).toMatchObject({ error: 'unauthenticated' });
    expect((await refresh(page)).failure()).toMatchObject({ error: 'unauthenticated' });
  });

  test('forgives no lost reply to who keeps the token himself', async () => {
    const page = await signUp();
    const refreshToken = page.cookies.get(COOKIE);
    await refresh(page);
    const copied = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    expect(copied.failure()).toMatchObject({ status: 401, error: 'unauthenticated' });
    expect((await refresh(page)).failure()).toMatchObject({ error: 'unauthenticated' });
  });

  test.each([
    ['without the mark of our page', { 'x-guoxue-client': '' }, 400],
    ['from the page of another site', { origin: 'https://evil.example' }, 403],
    ['from a sandboxed frame', { origin: 'null' }, 403],
    ['from a neighbour under the same registered domain', { 'sec-fetch-site': 'same-site' }, 403],
    ['from another site, by the browser’s word alone', { 'sec-fetch-site': 'cross-site' }, 403],
  ])('cannot be used %s', async (_case, headers, status) => {
    const page = await signUp();
    const before = page.cookies.get(COOKIE);
    for (const path of ['/api/auth/refresh', '/api/auth/logout']) {
      expect((await page.post(path, {}, headers)).failure().status).toBe(status);
    }
    expect(page.cookies.get(COOKIE)).toBe(before);
    const ownWords = { origin: service.url, 'sec-fetch-site': 'same-origin' };
    expect(await works(await page.post('/api/auth/refresh', {}, ownWords))).toBe(true);
  });

  test('does nothing at all for a page that only claims to be ours', async () => {
    const email = someEmail();
    const page = openWebPage(service.url);
    const forged = { origin: 'https://evil.example' };
    const refused = await page.post('/api/auth/register', { email, password: PASSWORD }, forged);
    expect(refused.failure()).toMatchObject({ status: 403, error: 'forbidden' });
    expect(page.setCookies).toEqual([]);
    expect((await register(service.url, email)).login.user.email).toBe(email);
  });

  test('is always a new one: what somebody planted before is worth nothing after', async () => {
    const attacker = await signUp();
    const planted = attacker.cookies.get(COOKIE) as string;
    const victim = openWebPage(service.url);
    victim.cookies.set(COOKIE, planted);
    const body = { email: someEmail(), password: PASSWORD };
    const { user } = (await victim.post('/api/auth/register', body)).data(pageLogin, 201);
    expect(victim.cookies.get(COOKIE)).not.toBe(planted);
    const next = (await refresh(attacker)).data(pageLogin);
    expect(next.user.id).not.toBe(user.id);
  });

  test('a guest’s tokens end when the guest signs up', async () => {
    const guest = await asGuest(service.url);
    const body = { email: someEmail(), password: PASSWORD };
    const signedUp = (await guest.post('/api/auth/register', body)).data(contract.login, 201);
    expect(signedUp.user.id).toBe(guest.login.user.id);
    const { refreshToken } = guest.login;
    expect((await guest.get('/api/user/profile')).status).toBe(401);
    const again = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    expect(again.failure()).toMatchObject({ status: 401, error: 'unauthenticated' });
  });
});

describeInOneMode('a site that is served over TLS', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({
      PUBLIC_URL: 'https://guoxue.example/',
      CORS_ORIGINS: 'https://friends.example',
    });
  });
  afterAll(() => space.dispose());

  test('marks its cookies as secure, and tells browsers to stay with TLS', async () => {
    const page = openWebPage(service.url);
    const reply = await page.post('/api/auth/guest', {}, { origin: 'https://guoxue.example' });
    reply.data(pageLogin, 201);
    expect(reply.headers.get('strict-transport-security')).toMatch(/^max-age=31536000/);
    expect(page.setCookies).toContainEqual(
      expect.objectContaining({ name: `__Secure-${COOKIE}`, secure: true, httpOnly: true }),
    );
  });

  test('lets pages of friends call with a token, and nobody else’s', async () => {
    const preflight = (origin: string, header = 'authorization') =>
      fetch(`${service.url}/api/user/profile`, {
        method: 'OPTIONS',
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': header,
        },
      });
    const friend = await preflight('https://friends.example');
    expect(friend.headers.get('access-control-allow-origin')).toBe('https://friends.example');
    expect(friend.headers.get('access-control-allow-credentials')).toBeNull();
    expect(friend.headers.get('access-control-allow-headers')).not.toMatch(/x-guoxue-client/i);
    expect(friend.headers.get('access-control-allow-headers')).toMatch(/x-device-id/i);
    const stranger = await preflight('https://evil.example');
    expect(stranger.headers.get('access-control-allow-origin')).toBeNull();
  });

  test('says with every reply what a browser may do with it', async () => {
    const { headers } = await fetch(`${service.url}/api/library/works`);
    const policy = headers.get('content-security-policy') ?? '';
    for (const rule of ["default-src 'self'", "frame-ancestors 'none'", "object-src 'none'"]) {
      expect(policy).toContain(rule);
    }
    expect(policy).not.toMatch(/unsafe-inline|unsafe-eval|\s\*(\s|;|$)/);
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-powered-by')).toBeNull();
  });
});
