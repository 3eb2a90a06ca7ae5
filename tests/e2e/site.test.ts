import { readdirSync } from 'node:fs';
import { type IncomingMessage, request } from 'node:http';
import path from 'node:path';
import { connect } from 'node:tls';
import { jest } from '@jest/globals';
import { WebSocket } from 'ws';
import { ROOT } from '../support/compose-file.ts';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithServers } from '../support/service-space.ts';
import { describeWith } from '../support/services.ts';
import { type Site, startSite } from '../support/site.ts';
import { type SiteReply, visitSite } from '../support/site-client.ts';

jest.setTimeout(180_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。'.repeat(
  3,
);
/** Low enough to be reached by one address while nobody else is near it. */
const LIMITS = { SITE_REQUESTS_PER_SECOND: '20', SITE_REQUEST_BURST: '40' };

describeWith('nginx', 'a site of several processes behind nginx', () => {
  describeWithServers('as docker-compose.yml describes it', () => {
    let site: Site;
    beforeAll(async () => {
      site = await startSite(LIMITS);
    });
    afterAll(() => site?.dispose());

    async function asGuest(from: string) {
      const reply = await visitSite(site, { from }).call('POST', '/api/auth/guest', {});
      return visitSite(site, { from, token: contract.login.parse(reply.json.data).accessToken });
    }

    async function openSession(guest: Awaited<ReturnType<typeof asGuest>>): Promise<string> {
      return (await guest.call('POST', '/api/sessions', {})).json.data.id;
    }

    const failureOf = (reply: SiteReply) => {
      const said = contract.failure.parse(reply.json);
      expect(said.code).toBe(reply.status);
      expect(said.requestId).toBe(reply.headers['x-request-id']);
      return said;
    };

    test('one process migrates, the others have waited for it, and workers read the library in', async () => {
      expect(site.migrated).toMatch(/^migrated: 0001-accounts$/m);
      const guest = await asGuest('127.0.0.2');
      const works = async () => {
        const { json } = await guest.call('GET', '/api/library/works');
        return contract.pageOf(contract.work).parse(json.data).items.length;
      };
      await eventually('all works are there', async () => (await works()) === 3, 60_000);
      for (const { ended, role } of [...site.apis, ...site.others]) {
        expect(await Promise.race([ended, role])).toBe(role);
      }
    });

    test('an answer is heard piece by piece while the model still writes it', async () => {
      const guest = await asGuest('127.0.0.3');
      const sessionId = await openSession(guest);
      site.model.enqueue({ text: TEXT, deltaDelayMs: 60 });
      const path_ = `/api/sessions/${sessionId}/messages`;
      const { heard, ended } = await guest.listen('POST', path_, { content: QUESTION });
      await eventually('it is heard', () => heard.some(({ event }) => event === 'delta'));
      const writing = site.model.requests.at(-1)?.closed.then(() => 'done');
      expect(await Promise.race([writing, 'still writing'])).toBe('still writing');
      await ended;
      expect(heard.at(-1)?.event).toBe('done');
      const text = heard.filter(({ event }) => event === 'delta').map(({ data }) => data.text);
      expect(text.join('')).toBe(TEXT);
      expect(text.length).toBeGreaterThan(3);
    });

    test('and over a WebSocket', async () => {
      const guest = await visitSite(site, { from: '127.0.0.4' }).call(
        'POST',
        '/api/auth/guest',
        {},
      );
      const token = contract.login.parse(guest.json.data).accessToken;
      const sessionId = await openSession(visitSite(site, { from: '127.0.0.4', token }));
      const socket = new WebSocket(`wss://127.0.0.1:${site.port}/ws`, {
        ...{ ca: site.certificate, servername: site.name, headers: { host: site.name } },
      });
      const heard: Record<string, unknown>[] = [];
      socket.on('message', (data) => heard.push(JSON.parse(data.toString())));
      await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
      site.model.enqueue({ text: TEXT, deltaDelayMs: 20 });
      socket.send(JSON.stringify({ type: 'auth', token }));
      await eventually('it is let in', () => heard.some(({ type }) => type === 'ready'));
      socket.send(JSON.stringify({ type: 'ask', clientId: 'one', sessionId, content: QUESTION }));
      await eventually('it is over', () => heard.some(({ type }) => type === 'done'));
      const deltas = heard.filter(({ type }) => type === 'delta');
      expect(deltas.map(({ text }) => text).join('')).toBe(TEXT);
      socket.terminate();
    });

    test('callers are known by their own address, whatever they say of it', async () => {
      const visitor = visitSite(site, { from: '127.0.0.5' });
      const body = { email: 'learner@guoxue.test', password: '学而时习之 2500' };
      const forged = { 'x-forwarded-for': '8.8.8.8', 'x-real-ip': '8.8.8.8' };
      const reply = await visitor.call('POST', '/api/auth/register', body, forged);
      const { accessToken: token } = contract.login.parse(reply.json.data);
      const log = await visitSite(site, { token }).call('GET', '/api/user/login-logs');
      expect(log.json.data.items[0].address).toBe('127.0.0.5');
    });

    test('a flood from one address is turned away in the words of the API, others are not', async () => {
      const flood = visitSite(site, { from: '127.0.0.6' });
      const replies: SiteReply[] = [];
      const refusals = () => replies.filter(({ status }) => status === 429);
      // A slow machine floods slowly: the allowance comes back meanwhile.
      for (let wave = 0; wave < 10 && refusals().length === 0; wave += 1) {
        const calls = Array.from({ length: 120 }, () => flood.call('GET', '/api/library/works'));
        replies.push(...(await Promise.all(calls)));
      }
      const other = await visitSite(site, { from: '127.0.0.16' }).call('GET', '/health');
      const refused = refusals();
      expect(refused.length).toBeGreaterThan(0);
      expect(failureOf(refused[0] as SiteReply).error).toBe('rate_limited');
      expect(refused[0]?.headers['retry-after']).toBe('1');
      expect(replies.filter(({ status }) => status === 401 || status === 200).length).toBe(
        replies.length - refused.length,
      );
      expect(other.status).toBe(200);
    });

    test('nginx lets in what the program would take, and no more', async () => {
      const visitor = visitSite(site, { from: '127.0.0.8' });
      const sized = (bytes: number) => Buffer.alloc(bytes, ' ');
      const json = await visitor.call('POST', '/api/sessions', sized(2 << 20));
      expect(failureOf(json).error).toBe('payload_too_large');
      const login = await visitor.call(
        'POST',
        '/api/auth/email-login',
        site.admin.email && {
          ...{ email: site.admin.email, password: site.admin.password },
        },
      );
      const { accessToken: token } = contract.login.parse(login.json.data);
      const admin = visitSite(site, { from: '127.0.0.8', token });
      const form = { 'content-type': 'multipart/form-data; boundary=x' };
      const upload = (bytes: number) =>
        admin.call('POST', '/api/admin/documents', sized(bytes), form);
      // Refused by the program for what it is, not by nginx for its size.
      expect(failureOf(await upload(4 << 20)).error).toBe('invalid_input');
      const tooMuch = failureOf(await upload((50 << 20) + (128 << 10)));
      expect([tooMuch.error, tooMuch.message]).toEqual([
        'payload_too_large',
        expect.stringContaining('50 MB'),
      ]);
    });

    test('assets are kept by nginx and by browsers, and packed', async () => {
      const visitor = visitSite(site, { from: '127.0.0.9' });
      const assets = readdirSync(path.join(ROOT, 'dist/web/assets'));
      const script = assets.find((name) => name.endsWith('.js'));
      const get = () =>
        visitor.call('GET', `/assets/${script}`, undefined, { 'accept-encoding': 'gzip' });
      expect((await get()).headers['x-cache-status']).toBe('MISS');
      const { headers, bytes } = await get();
      expect(headers).toMatchObject({
        'x-cache-status': 'HIT',
        'content-encoding': 'gzip',
        'cache-control': expect.stringMatching(/max-age=31536000, immutable/),
      });
      expect(bytes.subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
      const page = await visitor.call('GET', '/', undefined, { accept: 'text/html' });
      expect(page.headers['cache-control']).toBe('no-cache');
      expect(page.headers['strict-transport-security']).toMatch(/^max-age=31536000/);
    });

    test('what is for operators is seen from within only', async () => {
      const visitor = visitSite(site, { from: '127.0.0.10' });
      for (const hidden of ['/metrics', '/ready', '/%6detrics', '//metrics']) {
        const { status, bytes } = await visitor.call('GET', hidden);
        expect([hidden, status]).toEqual([hidden, 404]);
        expect(bytes.toString()).not.toContain('process_cpu');
      }
      for (const { metricsPort, role } of [...site.apis, ...site.others]) {
        const inside = (path_: string) => fetch(`http://127.0.0.1:${metricsPort}${path_}`);
        expect([role, (await inside('/health')).status]).toEqual([role, 200]);
        expect(await (await inside('/metrics')).text()).toContain('process_cpu');
      }
    });

    test('only sound TLS, under the name of the site', async () => {
      const shakeHands = (options: object) =>
        new Promise<string>((resolve) => {
          const given = { host: '127.0.0.1', port: site.port, ca: site.certificate };
          const socket = connect({ ...given, servername: site.name, ...options });
          socket.once('secureConnect', () => resolve(String(socket.end().getProtocol())));
          socket.once('error', () => resolve('refused'));
        });
      expect(await shakeHands({})).toBe('TLSv1.3');
      expect(await shakeHands({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2');
      expect(await shakeHands({ minVersion: 'TLSv1.1', maxVersion: 'TLSv1.1' })).toBe('refused');
      expect(await shakeHands({ servername: 'elsewhere.test' })).toBe('refused');
      const plain = await new Promise<IncomingMessage>((resolve) => {
        const headers = { host: site.name };
        const address = { host: '127.0.0.1', port: site.httpPort, path: '/a?b', headers };
        request(address, resolve).end();
      });
      plain.resume();
      expect(plain.statusCode).toBe(308);
      expect(plain.headers.location).toBe(`https://${site.name}/a?b`);
    });

    test('requests are numbered from nginx on, and spread over the processes', async () => {
      const visitor = visitSite(site, { from: '127.0.0.11' });
      const own = await visitor.call('GET', '/health', undefined, { 'x-request-id': 'mine-1' });
      expect(own.headers['x-request-id']).toBe('mine-1');
      const { headers } = await visitor.call('GET', '/health');
      expect(headers['x-request-id']).toMatch(/^[\da-f]{32}$/);
      const lines = () => site.accessLog();
      const id = headers['x-request-id'];
      await eventually('it is logged', () => lines().some((line) => line['trace.id'] === id));
      const upstreams = new Set(lines().map((line) => line['nginx.upstream.address']));
      for (const { port } of site.apis) expect(upstreams).toContain(`127.0.0.1:${port}`);
    });

    test('while one API process is gone no reader notices, and with none they are told', async () => {
      const visitor = visitSite(site, { from: '127.0.0.12' });
      const [first, second] = site.apis;
      await first?.kill('SIGKILL');
      for (let n = 0; n < 10; n += 1) {
        expect((await visitor.call('GET', '/health')).status).toBe(200);
      }
      await second?.kill('SIGTERM');
      expect(await second?.ended).toBe(0);
      const away = await visitor.call('GET', '/api/library/works');
      expect(failureOf(away).error).toBe('unavailable');
      expect(away.status).toBe(503);
    });

    test('no process logged an error', () => {
      for (const { said, role } of [...site.apis, ...site.others]) {
        const errors = said()
          .split('\n')
          .filter((line) => /"level":[56]0/.test(line));
        expect([role, errors]).toEqual([role, []]);
      }
    });
  });
});
