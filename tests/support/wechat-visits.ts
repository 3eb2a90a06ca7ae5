import { z } from 'zod';
import * as contract from './contract-schemas.ts';
import { asLearner, type Client, type Learner, type Reply, visit } from './service-client.ts';
import type { RunningService } from './start-service.ts';
import type { WechatAppKind, WechatHuman, WechatStandIn } from './wechat-stand-in.ts';

export const way = z.object({ url: z.url(), state: z.string().min(43) });

/** A browser as far as the way to WeChat and back goes: it keeps a cookie. */
export interface Browser {
  cookie: string;
  setOut(): Promise<z.infer<typeof way> & { reply: Reply }>;
  headers(): Record<string, string>;
}

/** People who come to a service by WeChat. */
export interface WechatVisits {
  browser(): Browser;
  /** What the client sends, with a fresh code, and a state of this browser for the page. */
  proof(human: WechatHuman, kind: WechatAppKind): Promise<Proof>;
  tryLogin(human: WechatHuman, kind: WechatAppKind, client?: Client): Promise<Reply>;
  login(human: WechatHuman, kind: WechatAppKind, client?: Client): Promise<Learner>;
  link(human: WechatHuman, kind: WechatAppKind, learner: Client): Promise<Reply>;
}

export interface Proof {
  body: { code: string; client: WechatAppKind; state?: string };
  headers: Record<string, string>;
}

export function visitsByWechat(service: RunningService, wechat: WechatStandIn): WechatVisits {
  const visits: WechatVisits = {
    browser() {
      const browser: Browser = {
        cookie: '',
        headers: (): Record<string, string> => (browser.cookie ? { cookie: browser.cookie } : {}),
        async setOut() {
          const path = '/api/auth/wechat/authorize';
          const reply = await visit(service.url).get(path, browser.headers());
          browser.cookie = reply.headers.get('set-cookie')?.split(';')[0] ?? browser.cookie;
          return { ...reply.data(way), reply };
        },
      };
      return browser;
    },
    async proof(human, kind) {
      const body = { code: wechat.codeFor(human, kind), client: kind };
      if (kind === 'miniprogram') return { body, headers: {} };
      const browser = visits.browser();
      const { state } = await browser.setOut();
      return { body: { ...body, state }, headers: browser.headers() };
    },
    async tryLogin(human, kind, client = visit(service.url)) {
      const { body, headers } = await visits.proof(human, kind);
      return client.post('/api/auth/wechat-login', body, headers);
    },
    async login(human, kind, client) {
      const reply = await visits.tryLogin(human, kind, client);
      return asLearner(service.url, reply.data(contract.login));
    },
    async link(human, kind, learner) {
      const { body, headers } = await visits.proof(human, kind);
      return learner.post('/api/user/wechat', body, headers);
    },
  };
  return visits;
}
