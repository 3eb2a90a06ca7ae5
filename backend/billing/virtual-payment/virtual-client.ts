import { z } from 'zod';
import { WechatPayError } from '../wechat-pay/wechat-pay-error.ts';
import { paySignature, type VirtualPaymentSettings } from './virtual-signatures.ts';

export interface MiniProgram {
  baseUrl: string;
  appId: string;
  secret: string;
}

export interface VirtualPaymentClient {
  /** POST with our signature. Throws {@link WechatPayError}; its code is WeChat's `errcode`. */
  call<Reply extends z.ZodType>(uri: string, body: object, reply: Reply): Promise<z.output<Reply>>;
}

const TIMEOUT_MS = 4_000;
/** A token is renewed so long before it runs out. */
const MARGIN_MS = 5 * 60 * 1000;
const STALE_TOKEN = ['40001', '40014', '42001'];

const tokenSchema = z.object({ access_token: z.string().min(1), expires_in: z.number() });
const errorSchema = z.object({ errcode: z.number().default(0) });

/** https://developers.weixin.qq.com/miniprogram/dev/server/API/VirtualPayment/api_query_order */
export function createVirtualPaymentClient(
  program: MiniProgram,
  settings: VirtualPaymentSettings,
): VirtualPaymentClient {
  let token: Promise<{ value: string; until: number }> | undefined;

  /** The stable kind: several processes may ask for it without taking it from each other. */
  async function fetchToken() {
    const body = JSON.stringify({
      grant_type: 'client_credential',
      appid: program.appId,
      secret: program.secret,
    });
    const reply = await post(program.baseUrl, '/cgi-bin/stable_token', '', body, tokenSchema);
    return { value: reply.access_token, until: Date.now() + reply.expires_in * 1000 - MARGIN_MS };
  }

  async function accessToken(): Promise<string> {
    const kept = await token?.catch(() => undefined);
    if (kept && kept.until > Date.now()) return kept.value;
    token = fetchToken();
    return (await token).value;
  }

  async function call<Reply extends z.ZodType>(uri: string, body: string, reply: Reply) {
    const signature = paySignature(uri, body, settings.appKey);
    const query = new URLSearchParams({ access_token: await accessToken(), pay_sig: signature });
    return post(program.baseUrl, uri, `?${query}`, body, reply);
  }

  return {
    async call(uri, body, reply) {
      const sent = JSON.stringify(body);
      return call(uri, sent, reply).catch((error: unknown) => {
        if (!(error instanceof WechatPayError && STALE_TOKEN.includes(error.code))) throw error;
        token = undefined;
        return call(uri, sent, reply);
      });
    },
  };
}

async function post<Reply extends z.ZodType>(
  baseUrl: string,
  path: string,
  query: string,
  body: string,
  schema: Reply,
): Promise<z.output<Reply>> {
  const reply = await send(baseUrl + path + query, body).catch(() => {
    // The cause would carry the address, and the token in it.
    throw new WechatPayError('UNREACHABLE', path);
  });
  const { errcode } = errorSchema.safeParse(reply).data ?? { errcode: 0 };
  if (errcode !== 0) throw new WechatPayError(String(errcode), path);
  const parsed = schema.safeParse(reply);
  if (!parsed.success) throw new WechatPayError('UNREADABLE', path);
  return parsed.data;
}

async function send(url: string, body: string): Promise<unknown> {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body,
    redirect: 'error',
    signal: AbortSignal.timeout(TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response.json();
}
