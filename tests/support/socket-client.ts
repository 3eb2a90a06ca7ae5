import type { IncomingMessage } from 'node:http';
import { WebSocket } from 'ws';
import { eventually } from './eventually.ts';

/** What the server said, as it came. */
export interface SocketFrame {
  type: string;
  id?: number;
  messageId?: string;
  clientId?: string;
  text?: string;
  error?: string;
  [field: string]: unknown;
}

export interface SocketClient {
  /** Grows as frames come. */
  heard: SocketFrame[];
  say(frame: object): void;
  /** Anything at all, sound or not. */
  sayRaw(data: string | Uint8Array): void;
  until(what: string, condition: (heard: SocketFrame[]) => boolean): Promise<void>;
  /** The events of one answer. */
  of(messageId: string | undefined): SocketFrame[];
  closed: Promise<{ code: number; reason: string }>;
  leave(): void;
}

/** The address of the socket of a service at `url`. */
export const socketUrl = (url: string) => `${url.replace(/^http/, 'ws')}/ws`;

export async function openSocket(
  url: string,
  options: { headers?: Record<string, string> } = {},
): Promise<SocketClient> {
  const socket = new WebSocket(socketUrl(url), options);
  const heard: SocketFrame[] = [];
  socket.on('message', (data) => heard.push(JSON.parse(data.toString())));
  socket.on('error', () => undefined);
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.on('close', (code, reason) => resolve({ code, reason: reason.toString() }));
  });
  await new Promise((resolve, reject) => {
    socket.once('open', resolve).once('error', reject);
  });
  return {
    heard,
    say: (frame) => socket.send(JSON.stringify(frame)),
    sayRaw: (data) => socket.send(data),
    until: (what, condition) => eventually(what, () => condition(heard), 10_000),
    of: (messageId) =>
      heard.filter((frame) => frame.messageId === messageId && frame.id !== undefined),
    closed,
    leave: () => socket.terminate(),
  };
}

/** With the token said and accepted. */
export async function openSocketAs(url: string, accessToken: string): Promise<SocketClient> {
  const socket = await openSocket(url);
  socket.say({ type: 'auth', token: accessToken });
  await socket.until('it is ready', (heard) => heard.some(({ type }) => type === 'ready'));
  return socket;
}

/** The status of a handshake, and what a refusal says. */
export function shakeHands(
  url: string,
  headers: Record<string, string> = {},
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on('open', () => {
      socket.terminate();
      resolve({ status: 101, body: '' });
    });
    socket.on('unexpected-response', (_request, response: IncomingMessage) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body }));
    });
    socket.on('error', reject);
  });
}

export const isOver = ({ type, id }: SocketFrame) =>
  id !== undefined && (type === 'done' || type === 'error');

export const textOfFrames = (frames: readonly SocketFrame[]) =>
  frames
    .filter(({ type }) => type === 'delta')
    .map(({ text }) => text)
    .join('');
