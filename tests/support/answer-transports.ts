import { request } from 'node:http';
import { WebSocket } from 'ws';
import { createSseParser } from '../../web/src/api/sse-parser.ts';
import type { SocketFrame } from './socket-client.ts';

/** One way to listen to an answer, until the line breaks or the answer is over. */
export interface Transport {
  name: string;
  /** Every whole frame that came, in order. */
  listen(wish: Wish): Promise<SocketFrame[]>;
}

export interface Wish {
  port: number;
  token: string;
  messageId: string;
  after: number;
}

/** All bytes of a reply, as far as they came. */
function bytesOf({ port, token, messageId, after }: Wish, accept: string): Promise<Buffer> {
  return new Promise((resolve) => {
    const pieces: Buffer[] = [];
    const finish = () => resolve(Buffer.concat(pieces));
    const call = request({
      ...{ host: '127.0.0.1', port, agent: false },
      path: `/api/messages/${messageId}/events?after=${after}`,
      headers: { authorization: `Bearer ${token}`, accept },
    });
    call.on('error', finish).on('response', (response) => {
      response.on('data', (piece: Buffer) => pieces.push(piece));
      response.on('end', finish).on('error', finish).on('close', finish);
    });
    call.end();
  });
}

const serverSentEvents: Transport = {
  name: 'Server-Sent Events',
  async listen(wish) {
    const events = createSseParser().push(await bytesOf(wish, 'text/event-stream'));
    return events.map(({ id, event, data }) => ({
      ...{ type: event, id: Number(id), messageId: wish.messageId },
      ...Object(JSON.parse(data)),
    }));
  },
};

const jsonLines: Transport = {
  name: 'lines of JSON',
  async listen(wish) {
    const text = (await bytesOf(wish, 'application/x-ndjson')).toString('utf8');
    // What follows the last line end was cut off.
    const lines = text.slice(0, text.lastIndexOf('\n') + 1).split('\n');
    return lines.filter((line) => line !== '').map((line): SocketFrame => JSON.parse(line));
  },
};

const webSocket: Transport = {
  name: 'WebSocket',
  listen: ({ port, token, messageId, after }) =>
    new Promise((resolve) => {
      const frames: SocketFrame[] = [];
      const socket = new WebSocket(`ws://127.0.0.1:${port}/ws`);
      socket.on('open', () => {
        socket.send(JSON.stringify({ type: 'auth', token }));
        socket.send(JSON.stringify({ type: 'subscribe', messageId, after }));
      });
      socket.on('message', (data) => {
        const frame: SocketFrame = JSON.parse(data.toString());
        if (frame.id !== undefined) frames.push(frame);
        if (frame.type === 'done') socket.terminate();
      });
      socket.on('error', () => undefined).on('close', () => resolve(frames));
    }),
};

export const transports: readonly Transport[] = [serverSentEvents, jsonLines, webSocket];
