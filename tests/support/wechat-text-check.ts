import { randomBytes } from 'node:crypto';

/** WeChat's check of texts, and the tokens that it is called with. */
export interface WechatTextCheck {
  /** What was sent to be checked, in order. */
  checked: { content: string; openid: string; scene: number }[];
  /** The token that is good now. */
  token(): string;
  /** Somebody else forced a new one: the old one is good no more. */
  replaceToken(): void;
  /** The token is good no more, and yet is given out again until a new one is forced. */
  spoilToken(): void;
  /** As if the person had not been in the mini program for two hours. */
  leave(openid: string): void;
}

export interface TextCheckState {
  token: string;
  spoilt: boolean;
  visitors: Set<string>;
  checked: WechatTextCheck['checked'];
}

/** Words by which a text is told to be risky, or one for a person to look at. */
export const RISKY_WORDS = '骂人的话';
export const DOUBTFUL_WORDS = '可疑的话';

const LONGEST_TEXT = 2_500;
const newToken = () => randomBytes(96).toString('base64url');

export function startTextCheck(): { state: TextCheckState; controls: WechatTextCheck } {
  const state: TextCheckState = {
    token: newToken(),
    spoilt: false,
    visitors: new Set(),
    checked: [],
  };
  const controls: WechatTextCheck = {
    checked: state.checked,
    token: () => state.token,
    replaceToken() {
      state.token = newToken();
    },
    spoilToken() {
      state.spoilt = true;
    },
    leave(openid) {
      state.visitors.delete(openid);
    },
  };
  return { state, controls };
}

export const POSTED = ['/cgi-bin/stable_token', '/wxa/msg_sec_check'] as const;
export type PostedPath = (typeof POSTED)[number];

interface App {
  appId: string;
  secret: string;
}

/** What WeChat says to a POST; a number is an `errcode`. */
export function answerPosted(
  path: PostedPath,
  { texts, apps }: { texts: TextCheckState; apps: { miniprogram: App } },
  query: URLSearchParams,
  body: Record<string, unknown>,
): object | number {
  return path === '/cgi-bin/stable_token'
    ? giveToken(texts, apps.miniprogram, body)
    : checkText(texts, query, body);
}

function giveToken(
  state: TextCheckState,
  app: App,
  body: Record<string, unknown>,
): object | number {
  if (body.grant_type !== 'client_credential') return 40002;
  if (body.appid !== app.appId) return 40013;
  if (body.secret !== app.secret) return 40125;
  if (body.force_refresh === true) {
    state.token = newToken();
    state.spoilt = false;
  }
  return { access_token: state.token, expires_in: 7200 };
}

function checkText(
  state: TextCheckState,
  query: URLSearchParams,
  body: Record<string, unknown>,
): object | number {
  const { content, version, scene, openid } = body;
  if (state.spoilt || query.get('access_token') !== state.token) return 40001;
  if (version !== 2 || typeof scene !== 'number' || scene < 1 || scene > 4) return 47001;
  if (typeof content !== 'string' || content === '') return 44002;
  if ([...content].length > LONGEST_TEXT) return 45002;
  if (typeof openid !== 'string') return 40003;
  if (!state.visitors.has(openid)) return 61010;
  state.checked.push({ content, openid, scene });
  const [suggest, label] = content.includes(RISKY_WORDS)
    ? ['risky', 20003]
    : content.includes(DOUBTFUL_WORDS)
      ? ['review', 21000]
      : ['pass', 100];
  const finding = { strategy: 'content_model', errcode: 0, suggest, label, prob: 90 };
  const traceId = randomBytes(16).toString('hex');
  return {
    errcode: 0,
    errmsg: 'ok',
    detail: [finding],
    trace_id: traceId,
    result: { suggest, label },
  };
}
