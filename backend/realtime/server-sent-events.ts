import type { Request, Response } from 'express';
import type { AnswerEvent } from './event-store.ts';

const HEARTBEAT_MS = 12_000;

/** Aborts when the client goes away. */
export function clientGone(response: Response): AbortSignal {
  const gone = new AbortController();
  response.on('close', () => gone.abort());
  return gone.signal;
}

/** Where a listener left off: `?after=N`, else the browser's own `Last-Event-ID`. */
export function resumePosition(request: Request, after: number | undefined): number {
  const header = request.get('last-event-id');
  if (after !== undefined || header === undefined) return after ?? 0;
  return /^\d{1,9}$/.test(header) ? Number(header) : 0;
}

/**
 * Writes events as Server-Sent Events (WHATWG HTML, section 9.2) at the pace the client reads them.
 * Comment lines keep proxies from closing a quiet connection.
 */
export async function sendEvents(
  response: Response,
  events: AsyncIterable<AnswerEvent>,
  onFailure: (error: unknown) => { error: string; message: string },
): Promise<void> {
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
    Connection: 'keep-alive',
  });
  response.flushHeaders();
  const heartbeat = setInterval(() => response.write(': still here\n\n'), HEARTBEAT_MS);
  try {
    for await (const event of events) await write(response, event);
  } catch (error) {
    // Without an id: it is not an event of the answer, and who resumes must not skip one for it.
    response.write(`event: error\ndata: ${JSON.stringify(onFailure(error))}\n\n`);
  } finally {
    clearInterval(heartbeat);
    response.end();
  }
}

async function write(response: Response, { id, name, data }: AnswerEvent): Promise<void> {
  if (response.destroyed) return;
  const frame = `id: ${id}\nevent: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
  if (response.write(frame)) return;
  await new Promise<void>((resolve) => {
    const goOn = () => {
      response.off('drain', goOn).off('close', goOn);
      resolve();
    };
    response.on('drain', goOn).on('close', goOn);
  });
}
