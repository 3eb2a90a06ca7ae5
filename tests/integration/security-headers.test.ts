import { jest } from '@jest/globals';
import { asGuest, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

/** The checklist of docs/security.md; a row there, a line here. */
const ON_EVERYTHING: Record<string, RegExp> = {
  'content-security-policy': /default-src 'self'.*object-src 'none'.*script-src-attr 'none'/,
  'strict-transport-security': /^max-age=31536000$/,
  'x-content-type-options': /^nosniff$/,
  'x-frame-options': /^DENY$/,
  'referrer-policy': /^no-referrer$/,
  'cross-origin-opener-policy': /^same-origin$/,
  'cross-origin-resource-policy': /^same-origin$/,
  'permissions-policy': /camera=\(\).*geolocation=\(\).*microphone=\(\)/,
  'x-request-id': /./,
};
/** They say what somebody runs, or are of no use any more. */
const ON_NOTHING = ['x-powered-by', 'server'];

describeInOneMode('security headers over TLS', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start({ PUBLIC_URL: 'https://tutor.example' });
  });
  afterAll(() => space.dispose());

  function expectHeaders(headers: Headers): void {
    const found = Object.fromEntries(
      Object.keys(ON_EVERYTHING).map((name) => [name, headers.get(name)]),
    );
    expect(found).toEqual(
      Object.fromEntries(
        Object.entries(ON_EVERYTHING).map(([name, value]) => [name, expect.stringMatching(value)]),
      ),
    );
    for (const name of ON_NOTHING) expect(headers.get(name)).toBeNull();
    const policy = headers.get('content-security-policy') ?? '';
    expect(policy).not.toMatch(/unsafe-(inline|eval)|\*;|http:/);
  }

  test('are on the page, on what is not there, and on probes', async () => {
    const accept = { accept: 'text/html' };
    for (const path of ['/', '/assets/none.js', '/nowhere', '/health']) {
      expectHeaders((await visit(service.url).get(path, accept)).headers);
    }
  });

  test('are on replies of the API and its refusals, which nobody may keep', async () => {
    const guest = await asGuest(service.url);
    const replies = [
      await guest.get('/api/user/profile'),
      await guest.get('/api/admin/users'),
      await visit(service.url).get('/api/user/profile'),
      await visit(service.url).get('/api/none'),
      await guest.post('/api/sessions', '{"title":'),
    ];
    expect(replies.map(({ status }) => status)).toEqual([200, 403, 401, 404, 400]);
    for (const { headers } of replies) {
      expectHeaders(headers);
      expect(headers.get('cache-control')).toBe('no-store');
    }
  });

  test('are on a stream, which nobody may keep either', async () => {
    const guest = await asGuest(service.url);
    const stream = await guest.ask((await guest.openSession()).id, '「学而不思则罔」是什么意思？');
    expectHeaders(stream.headers);
    expect(stream.headers.get('cache-control')).toBe('no-cache, no-transform');
    await stream.ended;
  });

  test('promise no TLS to a site without it', async () => {
    const plain = await space.start();
    const { headers } = await visit(plain.url).get('/health');
    expect(headers.get('strict-transport-security')).toBeNull();
  });
});
