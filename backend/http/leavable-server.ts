import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as ListeningServer } from 'node:net';
import { setImmediate as breathe, setTimeout as sleep } from 'node:timers/promises';
import { UpgradableMessage } from './upgrades.ts';

/** An HTTP server that can go away without breaking what is on its way. */
export interface LeavableServer {
  server: Server;
  listen(port: number, host: string): Promise<void>;
  /** From now on every reply is the last of its connection, so that clients come back elsewhere. */
  retire(): void;
  /** Takes no new connections. Those that are open are served on, reply by reply. */
  shut(): Promise<void>;
  /** Closes connections that carry nothing. */
  closeQuiet(): void;
  /** Whether a request has arrived to which no reply has begun. */
  isAsked(): boolean;
  /** Resolves when no reply is under way, at the latest after so long. */
  quiet(deadlineMs: number): Promise<void>;
  /** Gives what is under way a moment, then cuts it off. */
  close(): Promise<void>;
}

/**
 * Longer than those in front keep a quiet connection (nginx and most balancers: 60 s): whoever closes
 * first must be the one who sends, or a request now and then meets a connection that is just closed.
 */
const KEEP_ALIVE_MS = 75_000;
const CHECK_MS = 20;
const LAST_MOMENT_MS = 2_000;
const SHORT_TURN_MS = 0.2;
const LONGEST_RUSH_MS = 2_000;

export function createLeavableServer(app: RequestListener): LeavableServer {
  const options = { IncomingMessage: UpgradableMessage, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer(options);
  const replies = new Set<ServerResponse>();
  let retired = false;
  let closed: Promise<void> | undefined;
  let connections = 0;

  server.on('connection', () => {
    connections += 1;
  });

  server.on('request', (_request, response) => {
    replies.add(response);
    response.once('close', () => replies.delete(response));
    if (retired) response.setHeader('Connection', 'close');
  });
  server.on('request', app);

  /**
   * The system resets connections that are open and not taken yet when their listener closes. A turn of the
   * loop takes all there are, so this resolves after one that had none to take and next to nothing to do.
   */
  async function turnWithoutConnections(): Promise<void> {
    const deadline = performance.now() + LONGEST_RUSH_MS;
    let began = 0;
    let before = -1;
    while (connections !== before || performance.now() - began > SHORT_TURN_MS) {
      if (performance.now() > deadline) return;
      before = connections;
      began = performance.now();
      await breathe();
    }
  }

  let shutting: Promise<void> | undefined;
  function shut(): Promise<void> {
    shutting ??= turnWithoutConnections().then(() => {
      // Node's own HTTP server would close quiet connections at once, one of which may just be asked something.
      closed = new Promise((resolve) =>
        ListeningServer.prototype.close.call(server, () => resolve()),
      );
    });
    return shutting;
  }

  return {
    server,
    listen: (port, host) => listen(server, port, host),
    retire() {
      retired = true;
      for (const reply of replies) {
        if (!reply.headersSent) reply.setHeader('Connection', 'close');
      }
    },
    shut,
    isAsked: () => [...replies].some(({ headersSent }) => !headersSent),
    closeQuiet: () => server.closeIdleConnections(),
    async quiet(deadlineMs) {
      const deadline = Date.now() + deadlineMs;
      while (replies.size > 0 && Date.now() < deadline) await sleep(CHECK_MS);
    },
    async close() {
      await shut();
      // Also stops Node's timer that looks after connections.
      server.close();
      const cutOff = setTimeout(() => server.closeAllConnections(), LAST_MOMENT_MS);
      await closed;
      clearTimeout(cutOff);
    },
  };
}

function listen(server: Server, port: number, host: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause: NodeJS.ErrnoException) => {
      const reason =
        cause.code === 'EADDRINUSE'
          ? `port ${port} is taken; choose another with PORT=… npm start`
          : `cannot listen on ${host}:${port} (${cause.message}); see PORT and HOST`;
      reject(new Error(reason, { cause }));
    });
    server.listen(port, host, resolve);
  });
}
