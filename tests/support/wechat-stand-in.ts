import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import {
  answerPosted,
  POSTED,
  type PostedPath,
  startTextCheck,
  type TextCheckState,
  type WechatTextCheck,
} from './wechat-text-check.ts';

export type WechatAppKind = 'miniprogram' | 'web';

export interface WechatHuman {
  /** As WeChat knows the person in each app. */
  openid: Record<WechatAppKind, string>;
  /** `null`: our apps are not bound to one owner, so WeChat says none. */
  unionid: string | null;
  nickname: string;
  headimgurl: string;
}

/** What the next call meets instead of an answer. */
export type WechatFault =
  | { errcode: number }
  | { status: number }
  | { body: string }
  | 'echo'
  | 'cut'
  | 'silence';

export interface WechatStandIn {
  /** With a path, as a proxy in front of WeChat may have it. */
  url: string;
  /** Settings of a service that logs people in here. */
  environment: Record<string, string>;
  apps: Record<WechatAppKind, { appId: string; secret: string }>;
  /** Paths called, in order. */
  calls: string[];
  human(more?: Partial<Pick<WechatHuman, 'unionid' | 'nickname' | 'headimgurl'>>): WechatHuman;
  /** A fresh code, as the app hands it out; good once, for five minutes. */
  codeFor(human: WechatHuman, kind: WechatAppKind): string;
  expire(code: string): void;
  /** The session key that WeChat gave last. */
  lastSessionKey(): string;
  texts: WechatTextCheck;
  /** The next calls of that path go wrong, one each. */
  fail(path: WechatPath, ...faults: WechatFault[]): void;
  close(): Promise<void>;
}

const PATHS = ['/sns/jscode2session', '/sns/oauth2/access_token', '/sns/userinfo'] as const;
type LoginPath = (typeof PATHS)[number];
export type WechatPath = LoginPath | PostedPath;

const PREFIX = '/behind/a/proxy';
const CODE_MS = 5 * 60 * 1000;

interface Code {
  human: WechatHuman;
  kind: WechatAppKind;
  used: boolean;
  expiresAt: number;
}

interface State {
  apps: WechatStandIn['apps'];
  codes: Map<string, Code>;
  accessTokens: Map<string, WechatHuman>;
  faults: Map<string, WechatFault[]>;
  calls: string[];
  sessionKey: string;
  texts: TextCheckState;
}

const ERRORS: Record<number, string> = {
  [-1]: 'system error',
  40002: 'invalid grant_type',
  40003: 'invalid openid',
  40013: 'invalid appid',
  40014: 'invalid access_token',
  40029: 'invalid code',
  40125: 'invalid appsecret, view more at http://t.cn/LOEdzVq',
  40163: 'code been used',
  40226: 'code blocked',
  41008: 'missing code',
  45011: 'api minute-quota reach limit  mustslower  retry next minute',
};

const random = (length: number) => randomBytes(length).toString('base64url').slice(0, length);

/**
 * Speaks the part of WeChat's API that logging in and checking texts use, over real HTTP, with faults
 * on request.
 */
export async function startWechatStandIn(): Promise<WechatStandIn> {
  const texts = startTextCheck();
  const state: State = {
    apps: {
      miniprogram: { appId: `wx${random(16)}`, secret: `mini-${random(32)}&=%` },
      web: { appId: `wx${random(16)}`, secret: `web-${random(32)}&=%` },
    },
    codes: new Map(),
    accessTokens: new Map(),
    faults: new Map(),
    calls: [],
    sessionKey: '',
    texts: texts.state,
  };
  const server = http.createServer((request, response) => {
    route(state, request, response).catch(() => response.writeHead(400).end());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${PREFIX}`;
  const { miniprogram, web } = state.apps;
  return {
    ...{ url, apps: state.apps, calls: state.calls },
    environment: {
      WECHAT_API_BASE_URL: url,
      WECHAT_MINI_APPID: miniprogram.appId,
      WECHAT_MINI_SECRET: miniprogram.secret,
      WECHAT_WEB_APPID: web.appId,
      WECHAT_WEB_SECRET: web.secret,
    },
    human: (more = {}) => ({
      openid: { miniprogram: `oMini${random(23)}`, web: `oWeb${random(24)}` },
      unionid: `oUnion${random(22)}`,
      nickname: '颜回',
      headimgurl: 'http://thirdwx.qlogo.cn/mmopen/g3MonUZtNHk/46',
      ...more,
    }),
    codeFor(human, kind) {
      const code = random(32);
      state.codes.set(code, { human, kind, used: false, expiresAt: Date.now() + CODE_MS });
      return code;
    },
    expire(code) {
      const known = state.codes.get(code);
      if (known) known.expiresAt = 0;
    },
    lastSessionKey: () => state.sessionKey,
    texts: texts.controls,
    fail(path, ...faults) {
      state.faults.set(path, [...(state.faults.get(path) ?? []), ...faults]);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function route(
  state: State,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const url = new URL(request.url ?? '', 'http://wechat');
  const got = PATHS.find((each) => url.pathname === PREFIX + each);
  const posted = POSTED.find((each) => url.pathname === PREFIX + each);
  const path = request.method === 'GET' ? got : request.method === 'POST' ? posted : undefined;
  state.calls.push(path ?? url.pathname);
  if (!path) {
    response.writeHead(404).end();
    return;
  }
  const body = posted ? Object(await json(request)) : {};
  const fault = state.faults.get(path)?.shift();
  if (fault !== undefined) goWrong(fault, url, response);
  else if (got) send(response, answers[got](state, url.searchParams));
  else if (posted) send(response, answerPosted(posted, state, url.searchParams, body));
}

const answers: Record<LoginPath, (state: State, query: URLSearchParams) => object | number> = {
  '/sns/jscode2session'(state, query) {
    const human = redeem(state, 'miniprogram', query, query.get('js_code'));
    if (typeof human === 'number') return human;
    state.sessionKey = randomBytes(16).toString('base64');
    const { openid, unionid } = human;
    state.texts.visitors.add(openid.miniprogram);
    return {
      session_key: state.sessionKey,
      openid: openid.miniprogram,
      ...(unionid === null ? {} : { unionid }),
    };
  },
  '/sns/oauth2/access_token'(state, query) {
    const human = redeem(state, 'web', query, query.get('code'));
    if (typeof human === 'number') return human;
    const accessToken = random(64);
    state.accessTokens.set(accessToken, human);
    return {
      access_token: accessToken,
      expires_in: 7200,
      refresh_token: random(64),
      openid: human.openid.web,
      scope: 'snsapi_login',
      ...(human.unionid === null ? {} : { unionid: human.unionid }),
    };
  },
  '/sns/userinfo'({ accessTokens }, query) {
    const human = accessTokens.get(query.get('access_token') ?? '');
    if (!human) return 40014;
    if (human.openid.web !== query.get('openid')) return 40003;
    const { nickname, headimgurl, unionid } = human;
    return {
      openid: human.openid.web,
      // In other languages WeChat translates what it can, and nothing here.
      nickname: query.get('lang') === 'zh_CN' ? nickname : '',
      sex: 0,
      language: '',
      city: '',
      province: '',
      country: '',
      headimgurl,
      privilege: [],
      ...(unionid === null ? {} : { unionid }),
    };
  },
};

function redeem(
  { apps, codes }: State,
  kind: WechatAppKind,
  query: URLSearchParams,
  code: string | null,
): WechatHuman | number {
  if (query.get('appid') !== apps[kind].appId) return 40013;
  if (query.get('secret') !== apps[kind].secret) return 40125;
  if (query.get('grant_type') !== 'authorization_code') return 40002;
  if (!code) return 41008;
  const known = codes.get(code);
  if (known?.kind !== kind || known.expiresAt < Date.now()) return 40029;
  if (known.used) return 40163;
  known.used = true;
  return known.human;
}

function goWrong(fault: WechatFault, url: URL, response: http.ServerResponse): void {
  if (fault === 'silence') return;
  if (fault === 'cut') {
    response.writeHead(200, { 'content-type': 'text/plain', 'content-length': '1000' });
    response.write('{"openid":', () => response.destroy());
  } else if (fault === 'echo') {
    send(response, { errcode: 40097, errmsg: `invalid args: ${url.href}` });
  } else if ('errcode' in fault) {
    send(response, fault.errcode);
  } else if ('status' in fault) {
    response
      .writeHead(fault.status, { location: url.pathname + url.search })
      .end(`<html>${url.href}</html>`);
  } else {
    response.writeHead(200, { 'content-type': 'text/html' }).end(fault.body);
  }
}

/** WeChat calls its JSON plain text, and answers 200 whatever happened. */
function send(response: http.ServerResponse, answer: object | number): void {
  const body =
    typeof answer === 'number'
      ? { errcode: answer, errmsg: `${ERRORS[answer] ?? 'error'}, rid: ${random(24)}` }
      : answer;
  response.writeHead(200, { 'content-type': 'text/plain' });
  response.end(JSON.stringify(body));
}
