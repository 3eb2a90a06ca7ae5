import { createCipheriv, createHash, createHmac, randomBytes, randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';

export interface VirtualOrder {
  openid: string;
  status: number;
  order_fee: number;
  paid_fee: number;
  left_fee: number;
  paid_time: number;
}

/** A message of WeChat's push, with the query it comes with. */
export interface Push {
  query: string;
  body: string;
}

export type VirtualPaymentStandIn = Awaited<ReturnType<typeof startVirtualPaymentStandIn>>;

const MINI_PROGRAM = { appId: 'wx1212121212121212', secret: 'a secret of the mini program' };
const OFFER_ID = '1450000000';
const APP_KEY = 'an AppKey of the virtual payment';
const TOKEN = 'pushtoken2026';
const AES_KEY = randomBytes(32).toString('base64').replaceAll(/[+/]/g, 'A').slice(0, 43);
const WRONG_FIELD = 268490002;
const WRONG_SIGNATURE = 268490003;

/** WeChat's servers as a mini program's server sees them: tokens, orders, message pushes. */
export async function startVirtualPaymentStandIn(options: { encrypted?: boolean } = {}) {
  const orders = new Map<string, VirtualOrder>();
  const calls: string[] = [];
  const faults: ('cut' | number)[] = [];
  let accessToken = randomUUID();
  let afterQuery: (() => void) | undefined;

  function answer(path: string, query: URLSearchParams, body: string): object {
    const sent = JSON.parse(body);
    if (path === '/cgi-bin/stable_token') {
      const known = sent.appid === MINI_PROGRAM.appId && sent.secret === MINI_PROGRAM.secret;
      return known ? { access_token: accessToken, expires_in: 7200 } : { errcode: 40125 };
    }
    if (query.get('access_token') !== accessToken) return { errcode: 42001, errmsg: 'expired' };
    const expected = createHmac('sha256', APP_KEY).update(`${path}&${body}`).digest('hex');
    if (query.get('pay_sig') !== expected) return { errcode: WRONG_SIGNATURE };
    if (path === '/xpay/query_order') return queryOrder(sent);
    return path === '/xpay/refund_order' ? refund(sent) : { errcode: 404 };
  }

  function queryOrder(sent: { openid: string; order_id: string; env: number }): object {
    const order = orders.get(sent.order_id);
    afterQuery?.();
    afterQuery = undefined;
    if (!order || order.openid !== sent.openid) return { errcode: WRONG_FIELD, errmsg: 'no order' };
    return { errcode: 0, order: { order_id: sent.order_id, env_type: sent.env + 1, ...order } };
  }

  function refund(sent: {
    openid: string;
    order_id: string;
    refund_order_id: string;
    refund_fee: number;
    left_fee: number;
  }): object {
    const order = orders.get(sent.order_id);
    if (!order || sent.refund_fee > order.left_fee) return { errcode: WRONG_FIELD };
    if (sent.left_fee !== order.left_fee) return { errcode: 268490016 };
    order.left_fee -= sent.refund_fee;
    const { openid, refund_fee: order_fee } = sent;
    const none = { paid_fee: 0, left_fee: 0, paid_time: 0 };
    orders.set(sent.refund_order_id, { openid, status: 3, order_fee, ...none });
    return { errcode: 0, refund_order_id: sent.refund_order_id };
  }

  const server = http.createServer((request, response) => {
    let body = '';
    request.setEncoding('utf8');
    request.on('data', (piece) => {
      body += piece;
    });
    request.on('end', () => {
      const { pathname, searchParams } = new URL(request.url ?? '', 'http://stand-in');
      calls.push(pathname);
      const fault = pathname.startsWith('/xpay/') ? faults.shift() : undefined;
      if (fault === 'cut') return void response.destroy();
      const said = fault === undefined ? answer(pathname, searchParams, body) : { errcode: fault };
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(said));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');

  const signatureOf = (...parts: string[]) =>
    createHash('sha1').update(parts.sort().join('')).digest('hex');

  function push(message: object, changed: { token?: string; appId?: string } = {}): Push {
    const { token = TOKEN, appId = MINI_PROGRAM.appId } = changed;
    const [timestamp, nonce] = [
      String(Math.floor(Date.now() / 1000)),
      randomBytes(4).toString('hex'),
    ];
    const query = new URLSearchParams({
      ...{ signature: signatureOf(token, timestamp, nonce), timestamp, nonce },
    });
    const text = JSON.stringify(message);
    if (!options.encrypted) return { query: `?${query}`, body: text };
    const Encrypt = encrypt(text, appId);
    query.set('encrypt_type', 'aes');
    query.set('msg_signature', signatureOf(token, timestamp, nonce, Encrypt));
    return { query: `?${query}`, body: JSON.stringify({ ToUserName: 'gh_1', Encrypt }) };
  }

  function pay(tradeNo: string, openid: string, fen: number, more: Partial<VirtualOrder> = {}) {
    const paid_time = Math.floor(Date.now() / 1000);
    const fees = { order_fee: fen, paid_fee: fen, left_fee: fen };
    orders.set(tradeNo, { openid, status: 2, paid_time, ...fees, ...more });
  }

  return {
    /** Settings of a service whose mini program sells. */
    environment: {
      WECHAT_API_BASE_URL: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
      WECHAT_MINI_APPID: MINI_PROGRAM.appId,
      WECHAT_MINI_SECRET: MINI_PROGRAM.secret,
      WECHAT_VIRTUAL_OFFER_ID: OFFER_ID,
      WECHAT_VIRTUAL_APP_KEY: APP_KEY,
      WECHAT_PUSH_TOKEN: TOKEN,
      ...(options.encrypted ? { WECHAT_PUSH_AES_KEY: AES_KEY } : {}),
    } as Record<string, string>,
    ...{ offerId: OFFER_ID, appKey: APP_KEY, token: TOKEN, appId: MINI_PROGRAM.appId },
    ...{ orders, calls, push, signatureOf },
    /** The next calls that are signed meet these, one each. */
    fail: (...next: ('cut' | number)[]) => void faults.push(...next),
    /** The token that was given out counts no more. */
    expireToken() {
      accessToken = randomUUID();
    },
    /** The learner pays within the mini program. */
    pay,
    /** The same, as soon as somebody has been told that it is not so. */
    payAfterNextQuery(...paid: Parameters<typeof pay>) {
      afterQuery = () => pay(...paid);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function encrypt(text: string, appId: string): string {
  const key = Buffer.from(`${AES_KEY}=`, 'base64');
  const message = Buffer.from(text);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(message.length);
  const content = Buffer.concat([randomBytes(16), length, message, Buffer.from(appId)]);
  const padding = 32 - (content.length % 32);
  const cipher = createCipheriv('aes-256-cbc', key, key.subarray(0, 16));
  cipher.setAutoPadding(false);
  const padded = Buffer.concat([content, Buffer.alloc(padding, padding)]);
  return Buffer.concat([cipher.update(padded), cipher.final()]).toString('base64');
}

export async function sendPush(
  serviceUrl: string,
  { query, body }: Push,
  type = 'application/json',
) {
  const response = await fetch(`${serviceUrl}/api/billing/wechat/virtual-notify${query}`, {
    method: 'POST',
    headers: { 'content-type': type },
    body,
  });
  return (await response.json()) as { ErrCode: number; ErrMsg: string };
}
