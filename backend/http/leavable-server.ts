import { createServer, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { Server as ListeningServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { UpgradableMessage } from './upgrades.ts';

/** An HTTP server that can go away without breaking what is on its way. */
export interface LeavableServer {
  server: Server;
  listen(port: number, host: string): Promise<void>;
  /** From now on every reply is the last of its connection, so that clients come back elsewhere. */
  retire(): void;
  /** Takes no new connections. Those that are open are served on, reply by reply. */
  shut(): void;
  /** Closes connections that carry nothing. */
  closeQuiet(): void;
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

export function createLeavableServer(app: RequestListener): LeavableServer {
  const options = { IncomingMessage: UpgradableMessage, keepAliveTimeout: KEEP_ALIVE_MS };
  const server = createServer(options);
  const replies = new Set<ServerResponse>();
  let retired = false;
  let closed: Promise<void> | undefined;

  server.on('request', (_request, response) => {
    replies.add(response);
    response.once('close', () => replies.delete(response));
    if (retired) response.setHeader('Connection', 'close');
  });
  server.on('request', app);

  function shut(): void {
    // Node's own HTTP server would close quiet connections at once, one of which may just be asked something.
    closed ??= new Promise((resolve) =>
      ListeningServer.prototype.close.call(server, () => resolve()),
    );
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
    closeQuiet: () => server.closeIdleConnections(),
    async quiet(deadlineMs) {
      const deadline = Date.now() + deadlineMs;
      while (replies.size > 0 && Date.now() < deadline) await sleep(CHECK_MS);
    },
    async close() {
      shut();
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
