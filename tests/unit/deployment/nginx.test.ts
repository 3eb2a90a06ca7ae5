import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, request, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { WebSocket, WebSocketServer } from 'ws';
import { eventually } from '../../support/eventually.ts';
import { describeWith } from '../../support/services.ts';
import { visitSite } from '../../support/site-client.ts';
import { SITE_NAME, startSiteNginx } from '../../support/site-nginx.ts';

/** Stands for an API process: it says its name, knows its own assets, and may leave and come back. */
class Upstream {
  port = 0;
  heard = 0;
  #server: Server | undefined;
  readonly #sockets = new Set<Socket>();
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }

  async start(): Promise<void> {
    const server = createServer(({ url, socket }, response: ServerResponse) => {
      this.heard += 1;
      if (url === '/api/broken') return socket.resetAndDestroy();
      const known = !url?.startsWith('/assets/') || url === `/assets/${this.name}.js`;
      response.writeHead(known ? 200 : 404, { connection: 'close' }).end(this.name);
    });
    new WebSocketServer({ server }).on('connection', () => {
      this.heard += 1;
    });
    server.on('connection', (socket) => this.#sockets.add(socket));
    this.#server = server.listen(this.port, '127.0.0.1');
    await once(server, 'listening');
    this.port = (server.address() as AddressInfo).port;
  }

  leave(): void {
    this.#server?.close();
    for (const socket of this.#sockets) socket.destroy();
    this.#sockets.clear();
  }
}

describeWith('nginx', 'nginx as deploy/nginx and docker-compose.yml set it', () => {
  let folder: string;
  let upstreams: [Upstream, Upstream, Upstream];
  let site: Awaited<ReturnType<typeof startSiteNginx>>;
  const call = (...args: Parameters<ReturnType<typeof visitSite>['call']>) =>
    visitSite(site.address).call(...args);
  const heard = () => upstreams.reduce((sum, each) => sum + each.heard, 0);

  beforeEach(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoxue-site-'));
    upstreams = [new Upstream('one'), new Upstream('two'), new Upstream('three')];
    for (const each of upstreams) await each.start();
    site = await startSiteNginx(
      folder,
      upstreams.map(({ port }) => port),
    );
    const serves = () =>
      call('GET', '/health').then(
        ({ status }) => status === 200,
        () => false,
      );
    await eventually('nginx passes requests on', serves);
    for (const each of upstreams) each.heard = 0;
  });
  afterEach(async () => {
    await site.process.kill('SIGTERM');
    for (const each of upstreams) each.leave();
    await rm(folder, { recursive: true, force: true });
  });

  test('whoever is back serves, even if his first visitor stays for hours', async () => {
    const [first, second, third] = upstreams;
    third.leave();
    first.leave();
    for (let n = 0; n < 8; n += 1) expect((await call('GET', '/')).status).toBe(200);
    await first.start();
    const sockets: WebSocket[] = [];
    // Long enough for a server that was counted as away to be tried once more.
    const until = Date.now() + 1_500;
    while (first.heard === 0 || Date.now() < until) {
      const socket = new WebSocket(`wss://127.0.0.1:${site.address.port}/ws`, {
        ...{ ca: site.address.certificate, servername: SITE_NAME, headers: { host: SITE_NAME } },
      });
      await once(socket, 'open');
      sockets.push(socket);
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    second.leave();
    for (let n = 0; n < 20; n += 1) expect((await call('GET', '/')).status).toBe(200);
    for (const socket of sockets) socket.terminate();
  });

  test('a request finds the last one there, and is refused only by none', async () => {
    const [first, second, third] = upstreams;
    first.leave();
    second.leave();
    for (let n = 0; n < 10; n += 1) expect((await call('POST', '/api/sessions')).status).toBe(200);
    third.leave();
    for (const key of [{}, { 'idempotency-key': 'one' }]) {
      const { status, json } = await call('POST', '/api/sessions', {}, key as never);
      expect([status, json.error]).toEqual([503, 'unavailable']);
    }
    expect((await call('GET', '/assets/one.js')).json.error).toBe('unavailable');
  });

  test('what may have been begun is asked for again only under a key', async () => {
    expect((await call('POST', '/api/broken', {})).status).toBe(503);
    expect(heard()).toBe(1);
    await call('POST', '/api/broken', {}, { 'idempotency-key': 'one' });
    expect(heard()).toBe(1 + upstreams.length);
  });

  test('an asset is found with whoever knows it; one of nobody is not found, whoever is away', async () => {
    const found = async (name: string) => (await call('GET', `/assets/${name}.js`)).status;
    for (const { name } of upstreams) expect(await found(name)).toBe(200);
    expect(await found('none')).toBe(404);
    upstreams[1].leave();
    for (let n = 0; n < 6; n += 1) expect(await found(`none-${n}`)).toBe(404);
  });

  test('a certificate is proved to be wanted while the site works', async () => {
    const challenges = path.join(folder, '.well-known/acme-challenge');
    mkdirSync(challenges, { recursive: true });
    writeFileSync(path.join(challenges, 'token'), 'proof');
    const asked = request({
      ...{ host: '127.0.0.1', port: site.httpPort, path: '/.well-known/acme-challenge/token' },
      headers: { host: SITE_NAME },
    }).end();
    const [reply] = await once(asked, 'response');
    expect(reply.statusCode).toBe(200);
    expect(String(await reply.toArray())).toBe('proof');
  });
});
