import { IncomingMessage, type Server } from 'node:http';
import type { Duplex } from 'node:stream';
import type { Express, Request } from 'express';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import { type Caller, callerOf } from './caller.ts';
import { toExpectedError } from './failure.ts';
import type { CallCount } from './rate-limit.ts';
import { refuseOverSocket } from './refuse-over-socket.ts';

/**
 * For a server that takes upgrades: without it Node would hand over every request that offers one,
 * also those of clients that merely mention HTTP/2 (`Upgrade: h2c`) and want an ordinary reply.
 */
export class UpgradableMessage extends IncomingMessage {}
Object.defineProperty(UpgradableMessage.prototype, 'upgrade', {
  get(this: IncomingMessage & { offersUpgrade?: boolean }) {
    const asksForSocket = this.method === 'GET' && /^websocket$/i.test(this.headers.upgrade ?? '');
    return this.offersUpgrade === true && asksForSocket;
  },
  set(this: IncomingMessage & { offersUpgrade?: boolean }, value: boolean | null) {
    this.offersUpgrade = value === true;
  },
});

export interface Upgrade {
  request: IncomingMessage;
  socket: Duplex;
  head: Buffer;
  caller: Caller;
}

const MOST_PER_ADDRESS = 500;
/** Origins of mini programs. They name no web page, and no web page can name itself so. */
const WECHAT_PAGES = 'https://servicewechat.com';

export interface UpgradeRules {
  path: string;
  /** Says which proxies are believed about a caller's address. */
  app: Express;
  publicUrl: string;
  corsOrigins: readonly string[];
  count: CallCount;
  /** Throws when nobody is let in at present. */
  admit(): void;
  mostPerAddress?: number;
  logger: Logger;
}

/** Lets WebSocket handshakes through to `take`: of the right path, from a page that may, not too often. */
export function acceptUpgrades(
  server: Server,
  rules: UpgradeRules,
  take: (upgrade: Upgrade) => void,
): void {
  const { mostPerAddress = MOST_PER_ADDRESS } = rules;
  const open = new Map<string, number>();

  function hold(address: string, socket: Duplex): void {
    const count = open.get(address) ?? 0;
    if (count >= mostPerAddress) {
      throw new AppError(429, 'rate_limited', '来自这个网络的连接太多，请稍后再试。', {
        retryAfterSeconds: 30,
      });
    }
    open.set(address, count + 1);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left > 0) open.set(address, left);
      else open.delete(address);
    });
  }

  async function letIn(request: IncomingMessage, socket: Duplex): Promise<Caller> {
    rules.admit();
    const { pathname } = new URL(request.url ?? '', 'http://host');
    if (pathname !== rules.path) throw new AppError(404, 'not_found', '没有这个地址。');
    const caller = callerOf(expressRequest(rules.app, request));
    if (!mayCome(request, rules)) {
      throw new AppError(403, 'forbidden', '这个网站的页面不能连接这里。');
    }
    await rules.count('others', { address: caller.address, account: undefined });
    hold(caller.address, socket);
    return caller;
  }

  // Where such an offer is declined and its body was not read, Node's parser never sees the next request
  // on that connection, which behind a proxy may be somebody else's.
  server.prependListener('request', (request, response) => {
    if (request.headers.upgrade !== undefined) response.setHeader('Connection', 'close');
  });
  server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    // A connection that breaks before somebody takes it is nobody's fault.
    const ignore = () => undefined;
    socket.on('error', ignore);
    letIn(request, socket).then(
      (caller) => {
        socket.off('error', ignore);
        take({ request, socket, head, caller });
      },
      (error: unknown) => refuse(socket, error, rules.logger),
    );
  });
}

/** The request as Express would see it, with the caller's address behind trusted proxies. */
function expressRequest(app: Express, request: IncomingMessage): Request {
  return Object.setPrototypeOf(request, app.request);
}

/** Only pages in browsers are held to it; whoever is no web page names none, or one of no website. */
function mayCome(request: IncomingMessage, { publicUrl, corsOrigins }: UpgradeRules): boolean {
  const { origin, host } = request.headers;
  if (origin === undefined || !/^https?:|^null$/.test(origin)) return true;
  const allowed = [new URL(publicUrl).origin, WECHAT_PAGES, ...corsOrigins];
  return allowed.includes(origin) || (URL.canParse(origin) && new URL(origin).host === host);
}

function refuse(socket: Duplex, thrown: unknown, logger: Logger): void {
  const expected = toExpectedError(thrown);
  const internal = new AppError(500, 'internal', '服务出错了，请把请求编号告诉我们。');
  const requestId = refuseOverSocket(socket, expected ?? internal);
  if (!expected) logger.error({ err: thrown, requestId }, 'upgrade failed');
}
