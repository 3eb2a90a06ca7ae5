import { AppError } from '../errors.ts';
import type { SocketLine, SocketListener } from '../realtime/web-sockets.ts';
import { type AnswerSocket, type AnswerSocketParts, createAnswerSocket } from './answer-socket.ts';

/** All WebSockets of this process. */
export interface AnswerSockets {
  /** Throws 503 when the others have been told to go. */
  admit(): void;
  begin(line: SocketLine, address: string): SocketListener;
  /** Lets every client hear the end of what it listens to, then says that it should come again. */
  drain(): void;
  /** Resolves when all have left; after so long the others are told to go on elsewhere. */
  left(deadlineMs: number): Promise<void>;
}

const CHECK_MS = 20;
const GOODBYE_MS = 500;

export function createAnswerSockets(parts: AnswerSocketParts): AnswerSockets {
  const open = new Set<AnswerSocket>();
  let draining = false;
  let ended = false;

  async function allGone(withinMs: number): Promise<void> {
    const deadline = Date.now() + withinMs;
    while (open.size > 0 && Date.now() < deadline) {
      await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
    }
  }

  return {
    admit() {
      if (!ended) return;
      throw new AppError(503, 'unavailable', '服务正在重启，请稍后再试。', {
        retryAfterSeconds: 5,
      });
    },
    begin(line, address) {
      const socket = createAnswerSocket(parts, line, address);
      open.add(socket);
      // The handshake of one that was let in before may have ended only now.
      if (draining) socket.leaveWhenDone();
      return {
        heard: socket.heard,
        closed() {
          open.delete(socket);
          socket.closed();
        },
      };
    },
    drain() {
      draining = true;
      for (const socket of open) socket.leaveWhenDone();
    },
    async left(deadlineMs) {
      await allGone(deadlineMs);
      ended = true;
      for (const socket of open) socket.leave();
      await allGone(GOODBYE_MS);
    },
  };
}
