import { createServer } from 'node:http';
import { connect } from 'node:net';
import { WebSocket } from 'ws';
import {
  createWebSockets,
  type SocketLine,
  type SocketListener,
  type WebSocketSettings,
} from '../../backend/realtime/web-sockets.ts';
import { aWhile, eventually } from '../support/eventually.ts';

const PIECE = '学而时习之'.repeat(4_000);

interface Served {
  port: number;
  lines: SocketLine[];
  left: () => number;
  close(): Promise<void>;
}

/** Real sockets; what `begin` does with each line is up to the test. */
async function serve(
  settings: WebSocketSettings,
  begin: (line: SocketLine) => Partial<SocketListener> = () => ({}),
): Promise<Served> {
  const webSockets = createWebSockets(settings);
  const lines: SocketLine[] = [];
  let left = 0;
  const server = createServer();
  server.on('upgrade', (request, socket, head) => {
    webSockets.accept(request, socket, head, (line) => {
      lines.push(line);
      const listener = begin(line);
      return {
        heard: listener.heard ?? (() => undefined),
        closed() {
          left += 1;
          listener.closed?.();
        },
      };
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  return {
    port,
    lines,
    left: () => left,
    async close() {
      webSockets.stop();
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** A client that shakes hands and then reads nothing at all, not even a ping. */
function connectDeaf(port: number) {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  socket.write(
    [
      'GET /ws HTTP/1.1',
      ...['Host: here', 'Connection: Upgrade', 'Upgrade: websocket', 'Sec-WebSocket-Version: 13'],
      `Sec-WebSocket-Key: ${Buffer.alloc(16).toString('base64')}`,
      '\r\n',
    ].join('\r\n'),
  );
  socket.pause();
  return socket;
}

describe('web sockets', () => {
  it('give a slow client no more than it takes, and others all they take', async () => {
    const sent = new Map<SocketLine, number>();
    const pieces = 400;
    const served = await serve({ mostWaiting: 200_000 }, (line) => {
      const work = async () => {
        for (let n = 1; n <= pieces; n += 1) {
          sent.set(line, n);
          await line.send(PIECE);
        }
      };
      void work();
      return {};
    });
    const deaf = connectDeaf(served.port);
    await eventually('the deaf one is served', () => served.lines.length === 1);
    const fast = new WebSocket(`ws://127.0.0.1:${served.port}/ws`);
    let received = 0;
    fast.on('message', () => {
      received += 1;
    });
    await eventually('the fast one has everything', () => received === pieces, 10_000);
    const [deafLine, fastLine] = served.lines as [SocketLine, SocketLine];
    expect(sent.get(fastLine)).toBe(pieces);
    // What the kernel takes, and then the bound; far from the 24 MB there are.
    expect(sent.get(deafLine)).toBeLessThan(pieces);
    const before = sent.get(deafLine);
    await aWhile(200);
    expect(sent.get(deafLine)).toBe(before);
    deaf.destroy();
    fast.terminate();
    await served.close();
  });

  it('cut off whoever takes nothing for too long', async () => {
    const served = await serve({ mostWaiting: 100_000, stallMs: 200 }, (line) => {
      const work = async () => {
        for (let n = 0; n < 400; n += 1) await line.send(PIECE);
      };
      void work();
      return {};
    });
    const deaf = connectDeaf(served.port);
    await eventually('it is gone', () => served.left() === 1, 10_000);
    deaf.destroy();
    await served.close();
  });

  it('end clients that answer no ping, and keep those that do', async () => {
    const served = await serve({ heartbeatMs: 60 });
    const deaf = connectDeaf(served.port);
    await eventually('the deaf one is there', () => served.lines.length === 1);
    const alive = new WebSocket(`ws://127.0.0.1:${served.port}/ws`);
    let pings = 0;
    alive.on('ping', () => {
      pings += 1;
    });
    await eventually('the deaf one is gone', () => served.left() === 1);
    await eventually('the other was asked often', () => pings > 4);
    expect(alive.readyState).toBe(WebSocket.OPEN);
    expect(served.left()).toBe(1);
    alive.terminate();
    deaf.destroy();
    await served.close();
  });

  it('read nothing while they are paused', async () => {
    const heard: (string | undefined)[] = [];
    const served = await serve({}, (line) => {
      line.pause();
      return { heard: (text) => heard.push(text) };
    });
    const client = new WebSocket(`ws://127.0.0.1:${served.port}/ws`);
    client.on('open', () => client.send('学'));
    await eventually('it is there', () => served.lines.length === 1);
    await aWhile(50);
    expect(heard).toEqual([]);
    served.lines[0]?.resume();
    await eventually('it is heard', () => heard.length === 1);
    client.terminate();
    await served.close();
  });

  test.each(['text', 'control'] as const)(
    'a flood of %s frames is cut off and costs little',
    async (kind) => {
      let heard = 0;
      const served = await serve({ mostFrames: 50 }, (line) => ({
        heard() {
          heard += 1;
          void line.send('{"type":"pong"}');
        },
      }));
      const socket = connectDeaf(served.port);
      const frame = kind === 'text' ? maskedFrame(1, '{"type":"ping"}') : maskedFrame(9, '');
      await eventually('the client is let in', () => served.lines.length === 1);
      socket.write(Buffer.concat(new Array(20_000).fill(frame)));
      await eventually('it is cut off', () => served.left() === 1);
      expect(heard).toBe(kind === 'text' ? 50 : 0);
      await served.close();
    },
  );
});

/** A short frame as a client sends it (RFC 6455, section 5.2), masked with zeroes. */
function maskedFrame(opcode: number, text: string): Buffer {
  const payload = Buffer.from(text);
  return Buffer.concat([Buffer.from([0x80 | opcode, 0x80 | payload.length, 0, 0, 0, 0]), payload]);
}
