import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';
import { refuseUnreadableRequests } from '../../backend/http/unreadable-requests.ts';
import { acceptUpgrades, UpgradableMessage } from '../../backend/http/upgrades.ts';
import { createLogger } from '../../backend/logger.ts';
import { failure } from '../support/contract-schemas.ts';

describe('a connection', () => {
  let server: Server;
  beforeAll(async () => {
    const app = express();
    app.get('/', (_request, response) => void response.send('well'));
    // Refuses, like authentication does, some time before the body would be read.
    app.put('/', (_request, response) => void sleep(30).then(() => response.status(403).end()));
    server = createServer({ IncomingMessage: UpgradableMessage }, app);
    refuseUnreadableRequests(server);
    acceptUpgrades(
      server,
      {
        ...{ path: '/ws', app, publicUrl: 'http://localhost', corsOrigins: [] },
        ...{ count: async () => undefined, admit: () => undefined, logger: createLogger('silent') },
      },
      ({ socket }) => void socket.destroy(),
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(() => {
    server.closeAllConnections();
    server.close();
  });

  /** Everything that is said over a connection until the server closes it. */
  function sayRaw(...pieces: string[]): Promise<string> {
    return new Promise((resolve) => {
      let heard = '';
      const socket = connect((server.address() as AddressInfo).port, '127.0.0.1');
      socket.setEncoding('utf8').on('data', (piece: string) => {
        heard += piece;
      });
      socket.on('error', () => undefined).on('close', () => resolve(heard));
      for (const piece of pieces) socket.write(piece);
    });
  }

  it.each([
    ['is no HTTP', 'EHLO tutor.example\r\n\r\n', 400, 'invalid_input'],
    [
      'says its length in two ways',
      'GET / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n',
      400,
      'invalid_input',
    ],
    [
      'smuggles a line into a header',
      'GET / HTTP/1.1\r\nHost: x\r\nA: b\0c\r\n\r\n',
      400,
      'invalid_input',
    ],
    [
      'has headers without end',
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${'a'.repeat(20_000)}\r\n\r\n`,
      431,
      'headers_too_large',
    ],
  ])(
    'over which comes what %s is refused in the words of the contract',
    async (_what, said, status, slug) => {
      const [head = '', body = ''] = (await sayRaw(said)).split('\r\n\r\n');
      const refusal = failure.parse(JSON.parse(body));
      expect(refusal).toMatchObject({ code: status, error: slug });
      expect(head).toContain(`HTTP/1.1 ${status} `);
      expect(head).toContain(`X-Request-Id: ${refusal.requestId}`);
    },
  );

  it('is closed after an offer of another protocol that was declined', async () => {
    const offer = 'Host: x\r\nConnection: upgrade\r\nUpgrade: h2c\r\n';
    const body = 'x'.repeat(150_000);
    const heard = await sayRaw(
      `PUT / HTTP/1.1\r\n${offer}Content-Length: ${body.length}\r\n\r\n`,
      body,
    );
    expect(heard).toMatch(/^HTTP\/1.1 403 /);
    expect(heard).toContain('Connection: close');
  });

  it('serves whoever expects what nobody knows', async () => {
    const heard = await sayRaw(
      'GET / HTTP/1.1\r\nHost: x\r\nExpect: x\r\nConnection: close\r\n\r\n',
    );
    expect(heard).toMatch(/^HTTP\/1.1 200 [\s\S]*well$/);
  });
});
