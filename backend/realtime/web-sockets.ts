import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { createFrameBudget } from './frame-budget.ts';
import { createPacedLine, type Line } from './paced-line.ts';

/** One client's connection, without a word about what is said over it. */
export interface SocketLine {
  /** Resolves when more may be sent: at once as long as the client keeps up. */
  send(text: string): Promise<void>;
  /** Resolves when the client has taken everything, or never will. */
  drained(): Promise<void>;
  /** Says goodbye; what was sent before still arrives. */
  close(code: number, reason: string): void;
  /** Reads nothing more from the client until `resume`. */
  pause(): void;
  resume(): void;
}

export interface SocketListener {
  /** A text frame; `undefined` for one that is not text. */
  heard(text: string | undefined): void;
  closed(): void;
}

export interface WebSockets {
  /** Completes the handshake of a request that was let in. */
  accept(
    request: IncomingMessage,
    socket: Duplex,
    head: Buffer,
    begin: (line: SocketLine) => SocketListener,
  ): void;
  /** Breaks off whatever is still open. */
  stop(): void;
}

export interface WebSocketSettings {
  maxPayload?: number;
  heartbeatMs?: number;
  stallMs?: number;
  mostWaiting?: number;
  /** Frames of any kind within ten seconds. */
  mostFrames?: number;
}

const CLOSED_FLOOD = 1008;
const FAREWELL_MS = 1_000;

interface Life {
  /** It has answered the last ping, or has not been asked yet. */
  answered: boolean;
  /** So much was before the ping that the answer may take a while. */
  behind: boolean;
  moved: boolean;
}

export function createWebSockets(settings: WebSocketSettings = {}): WebSockets {
  const { maxPayload = 64 * 1024, heartbeatMs = 25_000 } = settings;
  const pace = { most: settings.mostWaiting ?? 2 ** 20, stallMs: settings.stallMs ?? 60_000 };
  const server = new WebSocketServer({
    ...{ noServer: true, maxPayload, perMessageDeflate: false },
    // Answered below, where they are counted and none is put on top of what waits already.
    autoPong: false,
  });
  const lives = new Map<WebSocket, Life>();

  /** Ends whoever shows no sign of life; a client that is still taking what waits for it does. */
  const heartbeat = setInterval(() => {
    for (const [socket, life] of lives) {
      if (!life.answered && !(life.behind && life.moved)) socket.terminate();
      else ping(socket, life);
    }
  }, heartbeatMs);
  heartbeat.unref();

  function ping(socket: WebSocket, life: Life): void {
    Object.assign(life, { answered: false, behind: socket.bufferedAmount > 0, moved: false });
    if (socket.readyState === socket.OPEN) socket.ping();
  }

  function begun(
    socket: WebSocket,
    connection: Duplex,
    begin: (line: SocketLine) => SocketListener,
  ): void {
    const life: Life = { answered: true, behind: false, moved: false };
    lives.set(socket, life);
    const moved = () => {
      life.moved = true;
    };
    const paced = createPacedLine(lineOf(socket, connection, moved), pace);
    const listener = begin({
      send: (text) => (socket.readyState === socket.OPEN ? paced.send(text) : Promise.resolve()),
      drained: () => paced.drained(),
      close: (code, reason) => socket.close(code, reason),
      pause: () => socket.pause(),
      resume: () => socket.resume(),
    });
    const budget = createFrameBudget(settings.mostFrames);
    /** Whether a frame is within the budget; who floods is cut off with what he has sent unread. */
    const admitted = (): boolean => {
      if (socket.readyState !== socket.OPEN) return false;
      life.answered = true;
      if (budget.take()) return true;
      socket.close(CLOSED_FLOOD, 'too many frames');
      socket.pause();
      setTimeout(() => socket.terminate(), FAREWELL_MS).unref();
      return false;
    };
    socket.on('pong', admitted);
    socket.on('ping', (data) => {
      if (admitted() && paced.idle()) socket.pong(data);
    });
    socket.on('message', (data, isBinary) => {
      if (admitted()) listener.heard(isBinary ? undefined : data.toString());
    });
    // What the client did wrong (too long, not UTF-8) closes the connection, and that is all.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      lives.delete(socket);
      paced.close();
      listener.closed();
    });
  }

  return {
    accept(request, socket, head, begin) {
      server.handleUpgrade(request, socket, head, (opened) => {
        begun(opened, socket, begin);
      });
    },
    stop() {
      clearInterval(heartbeat);
      for (const socket of lives.keys()) socket.terminate();
    },
  };
}

/** What is written at one go (a client who catches up) leaves in one piece. */
function lineOf(socket: WebSocket, connection: Duplex, moved: () => void): Line {
  let corked = false;
  function gather(): void {
    if (corked) return;
    corked = true;
    connection.cork();
    process.nextTick(() => {
      corked = false;
      connection.uncork();
    });
  }
  return {
    write(text, taken) {
      gather();
      socket.send(text, () => {
        moved();
        taken();
      });
    },
    waiting: () => socket.bufferedAmount,
    cut: () => socket.terminate(),
  };
}
