import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { WebSocket } from 'ws';
import { acceptUpgrades, UpgradableMessage } from '../../backend/http/upgrades.ts';
import { createLogger } from '../../backend/logger.ts';
import { createWebSockets } from '../../backend/realtime/web-sockets.ts';
import { eventually } from '../support/eventually.ts';
import { shakeHands } from '../support/socket-client.ts';

describe('upgrades behind a proxy', () => {
  it('are bounded for each address, and counted as long as they are open', async () => {
    const app = express().set('trust proxy', 1);
    const server = createServer({ IncomingMessage: UpgradableMessage }, app);
    const webSockets = createWebSockets();
    const callers: string[] = [];
    acceptUpgrades(
      server,
      {
        ...{ path: '/ws', app, publicUrl: 'https://tutor.example', corsOrigins: [] },
        ...{ count: async () => undefined, admit: () => undefined, mostPerAddress: 2 },
        logger: createLogger('silent'),
      },
      ({ request, socket, head, caller }) => {
        callers.push(caller.address);
        webSockets.accept(request, socket, head, () => ({
          heard: () => undefined,
          closed: () => undefined,
        }));
      },
    );
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/ws`;
    const from = (address: string) => ({ headers: { 'x-forwarded-for': `6.6.6.6, ${address}` } });
    const staying = [1, 2].map(() => new WebSocket(url, from('10.0.0.1')));
    await eventually('both are in', () => staying.every(({ readyState }) => readyState === 1));
    const status = async (address: string) => (await shakeHands(url, from(address).headers)).status;
    expect(await status('10.0.0.1')).toBe(429);
    expect(await status('10.0.0.2')).toBe(101);
    expect(callers).toEqual(['10.0.0.1', '10.0.0.1', '10.0.0.2']);
    staying[0]?.terminate();
    await eventually('there is room again', async () => (await status('10.0.0.1')) === 101);
    webSockets.stop();
    await new Promise((resolve) => server.close(resolve));
  });
});
