import type { Request, Response } from 'express';
import type { StreamEvent, StreamFailure, StreamFormat } from './event-frames.ts';
import { createPacedLine, type Line } from './paced-line.ts';

/** A comment line at least every 15 s is promised. */
const HEARTBEAT_MS = 12_000;
const STALL_MS = 60_000;
const MOST_WAITING = 64 * 1024;

/** Aborts when the client goes away, and when it is to come back elsewhere (`leaving`). */
export function clientGone(response: Response, leaving?: AbortSignal): AbortSignal {
  const gone = new AbortController();
  const end = () => gone.abort();
  // Who has hung up already says so no more.
  if (leaving?.aborted || response.destroyed) {
    end();
    return gone.signal;
  }
  // Not `AbortSignal.any`, which remembers every listener for as long as the process lives.
  leaving?.addEventListener('abort', end);
  response.on('close', () => {
    leaving?.removeEventListener('abort', end);
    end();
  });
  return gone.signal;
}

/** Where a listener left off: `?after=N`, else the browser's own `Last-Event-ID`. */
export function resumePosition(request: Request, after: number | undefined): number {
  const header = request.get('last-event-id');
  if (after !== undefined || header === undefined) return after ?? 0;
  return /^\d{1,9}$/.test(header) ? Number(header) : 0;
}

/** Writes the events into the reply as they come, at the pace the client reads them. */
export async function sendEvents(
  response: Response,
  events: AsyncIterable<StreamEvent>,
  given: {
    format: StreamFormat;
    onFailure: (error: unknown) => StreamFailure;
    heartbeatMs?: number;
    stallMs?: number;
  },
): Promise<void> {
  const { format, onFailure, heartbeatMs = HEARTBEAT_MS, stallMs = STALL_MS } = given;
  response.writeHead(200, {
    'Content-Type': format.contentType,
    'Cache-Control': 'no-cache, no-transform',
    'X-Accel-Buffering': 'no',
  });
  response.flushHeaders();
  const line = createPacedLine(lineOf(response), { most: MOST_WAITING, stallMs });
  if (response.destroyed) line.close();
  response.on('close', () => line.close());
  const beat = () => line.idle() && line.send(format.heartbeat);
  const heartbeat = setInterval(beat, heartbeatMs);
  try {
    for await (const event of events) {
      if (response.destroyed) break;
      await line.send(format.frame(event));
    }
  } catch (error) {
    await line.send(format.failure(onFailure(error)));
  } finally {
    clearInterval(heartbeat);
    await line.drained();
    response.end();
  }
}

/** What is written at one go (a listener who catches up) leaves in one piece. */
function lineOf(response: Response): Line {
  let pieces: string[] = [];
  let takens: (() => void)[] = [];
  let length = 0;
  function flush(): void {
    const [text, callbacks] = [pieces.join(''), takens];
    pieces = [];
    takens = [];
    length = 0;
    response.write(text, () => {
      for (const taken of callbacks) taken();
    });
  }
  return {
    write(text, taken) {
      if (pieces.length === 0) process.nextTick(flush);
      pieces.push(text);
      takens.push(taken);
      length += text.length;
    },
    waiting: () => length + response.writableLength,
    cut: () => response.destroy(),
  };
}
