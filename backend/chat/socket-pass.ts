import { AppError } from '../errors.ts';
import type { Identity } from '../http/permissions.ts';
import type { SocketLine } from '../realtime/web-sockets.ts';
import { errorFrame } from './socket-errors.ts';

/** Nobody has said who he is. */
const CLOSED_UNNAMED = 4408;
/** Whoever it was is not logged in any longer. */
export const CLOSED_LOGIN_OVER = 4401;
const LONGEST_TIMER_MS = 2 ** 31 - 1;

export interface SocketAuthentication {
  /** As with HTTP: signature, login and account as they are now; throws 401. */
  identify(token: string): Promise<Identity>;
  expiryOf(token: string): Date;
}

export interface SocketPassTimes {
  authMs?: number;
  checkMs?: number;
}

/** Who is at the other end of a socket. */
export interface SocketPass {
  /** The first frame, or a newer token of the same account. */
  show(token: string): Promise<void>;
  /** Looks again, as every HTTP call does; throws 401, and then the socket is over. */
  holder(): Promise<Identity>;
  close(): void;
}

interface Held {
  token: string;
  userId: string;
}

const isRefusal = (error: unknown): error is AppError =>
  error instanceof AppError && (error.status === 401 || error.status === 403);

export function createSocketPass(
  authentication: SocketAuthentication,
  line: Pick<SocketLine, 'send' | 'close'>,
  { authMs = 10_000, checkMs = 60_000 }: SocketPassTimes = {},
): SocketPass {
  let held: Held | undefined;
  let expiry: NodeJS.Timeout | undefined;
  let showing: Promise<unknown> = Promise.resolve();

  function end(code: number, error: AppError): void {
    close();
    void line.send(errorFrame(error));
    line.close(code, error.slug);
  }

  const unnamed = setTimeout(() => end(CLOSED_UNNAMED, notLoggedIn()), authMs).unref();
  // Of a socket that only listens nothing else would notice that its login has ended.
  const check = setInterval(() => {
    if (held) identify(held.token).catch(() => undefined);
  }, checkMs).unref();

  async function identify(token: string): Promise<Identity> {
    try {
      return await authentication.identify(token);
    } catch (error) {
      if (isRefusal(error)) end(CLOSED_LOGIN_OVER, error);
      throw error;
    }
  }

  function keep(token: string, userId: string): void {
    held = { token, userId };
    clearTimeout(unnamed);
    clearTimeout(expiry);
    const left = authentication.expiryOf(token).getTime() - Date.now();
    const over = () => end(CLOSED_LOGIN_OVER, expired());
    expiry = setTimeout(over, Math.min(Math.max(0, left), LONGEST_TIMER_MS)).unref();
  }

  async function show(token: string): Promise<void> {
    const { userId } = await identify(token);
    if (held && held.userId !== userId) {
      const error = new AppError(403, 'forbidden', '这个连接属于另一个账号，请重新连接。');
      end(CLOSED_LOGIN_OVER, error);
      throw error;
    }
    keep(token, userId);
    const expiresAt = authentication.expiryOf(token).toISOString();
    void line.send(JSON.stringify({ type: 'ready', expiresAt }));
  }

  function close(): void {
    clearTimeout(unnamed);
    clearTimeout(expiry);
    clearInterval(check);
  }

  return {
    show(token) {
      const mine = showing.then(() => show(token));
      showing = mine.catch(() => undefined);
      return mine;
    },
    async holder() {
      // Frames may be sent right behind the token, without waiting for its answer.
      await showing;
      if (!held) throw notLoggedIn();
      return identify(held.token);
    },
    close,
  };
}

function notLoggedIn(): AppError {
  return new AppError(401, 'unauthenticated', '请先发送 auth 消息登录。');
}

function expired(): AppError {
  return new AppError(401, 'token_expired', '登录已过期，请刷新令牌后重新连接。');
}
