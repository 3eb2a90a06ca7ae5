import { createServer, get, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import express, { type Request, type Response } from 'express';
import type { AnswerEvent } from '../../backend/realtime/event-store.ts';
import {
  clientGone,
  resumePosition,
  sendEvents,
} from '../../backend/realtime/server-sent-events.ts';
import { parseFrames } from '../support/sse-frames.ts';
import { eventually } from '../support/eventually.ts';

type Handler = (request: Request, response: Response) => void | Promise<void>;

const failure = () => ({ error: 'unavailable', message: '实时服务暂时不可用' });

async function* from(events: readonly AnswerEvent[]): AsyncGenerator<AnswerEvent> {
  yield* events;
}

/** Serves one route and reads it over a real connection. */
async function withServer(handler: Handler, use: (url: string) => Promise<void>): Promise<void> {
  const app = express();
  app.get('/', (request, response) => void handler(request, response));
  const server = createServer(app).listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const { port } = server.address() as AddressInfo;
  try {
    await use(`http://127.0.0.1:${port}/`);
  } finally {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  }
}
