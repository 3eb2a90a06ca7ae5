import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import http from 'node:http';
import type { AddressInfo } from 'node:net';
import { currentCertificate } from './wechat-pay-certificates.ts';
import {
  encryptResource,
  faultOfRequest,
  newKeyPair,
  type Signer,
  signatureHeaders,
} from './wechat-pay-protocol.ts';
import { type Answer, createTill, refuse, type WechatPayCall } from './wechat-pay-till.ts';

/** What the next call of a kind meets: an error that is signed, or a line that is not what it was. */
export type WechatPayFault =
  | { status: number; code: string }
  | 'cut'
  | 'silence'
  | 'unsigned'
  | 'wrong signature'
  | 'wrong nonce';

export interface Notice {
  body: string;
  headers: Record<string, string>;
}

export type WechatPayStandIn = Awaited<ReturnType<typeof startWechatPayStandIn>>;

const MERCHANT = { mchId: '1900000109', appId: 'wx8888888888888888', serialNo: '3775B6A45ACD588' };
const API_V3_KEY = 'an APIv3 key of thirty-two bytes';
const SITE = 'https://guoxue.example.org';
const PUBLIC_KEY_ID = 'PUB_KEY_ID_0119000001092026112000000001';

export interface StandInKeys {
  /** The merchant has a public key of WeChat Pay and no certificates, or both while switching over. */
  publicKey?: boolean | 'beside certificates';
}

/** WeChat Pay for merchants, over real HTTP: it checks what it is sent and signs what it says. */
export async function startWechatPayStandIn(options: StandInKeys = {}) {
  const [merchantKeys, fixedKeys, strangersKeys] = [newKeyPair(), newKeyPair(), newKeyPair()];
  const merchant = { ...MERCHANT, publicKey: merchantKeys.publicKey };
  const notifyUrl = `${SITE}/api/billing/wechat/notify`;
  const till = createTill({ ...MERCHANT, apiV3Key: API_V3_KEY, notifyUrl });
  if (options.publicKey === true) till.certificates.length = 0;
  const faults: [WechatPayCall, WechatPayFault][] = [];
  const calls: { kind: WechatPayCall; body: string }[] = [];
  const fixed: Signer = { serialNo: PUBLIC_KEY_ID, privateKey: fixedKeys.privateKey };
  const signer = options.publicKey === true ? fixed : currentCertificate;
  /** Merchants who are switching over get what they ask for; by default what they always had. */
  const signerFor = ({ headers }: http.IncomingMessage) =>
    options.publicKey && headers['wechatpay-serial'] === PUBLIC_KEY_ID ? fixed : signer;

  async function handle(request: http.IncomingMessage, response: http.ServerResponse) {
    let body = '';
    request.setEncoding('utf8');
    for await (const piece of request) body += piece;
    const { method = '', url: path = '', headers } = request;
    const received = till.receive({ method, target: new URL(path, SITE), body });
    const send = sendTo(response, signerFor(request));
    if (!received) return send(refuse(404, 'NOT_FOUND'));
    const { kind, answer } = received;
    calls.push({ kind, body });
    const wrong = faultOfRequest(headers.authorization, { method, path, body }, merchant);
    if (wrong) return send({ ...refuse(401, 'SIGN_ERROR'), signed: false });
    const fault = takeFault(kind);
    if (fault === 'cut') return void response.destroy();
    if (fault === 'silence') return;
    if (typeof fault === 'object') return send(refuse(fault.status, fault.code));
    send(answer(), fault);
  }

  function takeFault(kind: WechatPayCall): WechatPayFault | undefined {
    const at = faults.findIndex(([which]) => which === kind);
    return at < 0 ? undefined : faults.splice(at, 1)[0]?.[1];
  }

  const sendTo =
    (response: http.ServerResponse, { serialNo, privateKey }: Signer) =>
    ({ status, body, signed }: Answer, fault?: WechatPayFault) => {
      const isForged = fault === 'wrong signature';
      const key = isForged ? strangersKeys.privateKey : privateKey;
      const changed = fault === 'wrong nonce' ? { nonce: 'another-nonce' } : {};
      const isSigned = signed && fault !== 'unsigned';
      const proof = isSigned ? signatureHeaders(body, { serialNo, privateKey: key }, changed) : {};
      response.writeHead(status, { ...proof, 'content-type': 'application/json; charset=utf-8' });
      response.end(body);
    };

  const server = http.createServer((request, response) => {
    handle(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const orderOf = (tradeNo: string) => {
    const order = till.orders.get(tradeNo);
    if (!order) throw new Error(`WeChat Pay knows no order ${tradeNo}`);
    return order;
  };
  const { orders, refunds, plans, setBill } = till;

  return {
    ...{ url, merchant, calls, orders, refunds, orderOf, setBill },
    signers: { publicKey: fixed, certificate: currentCertificate },
    apiV3Key: API_V3_KEY,
    /** Settings of a service that is paid here. */
    environment: {
      PUBLIC_URL: SITE,
      WECHAT_PAY_BASE_URL: url,
      WECHAT_PAY_MCHID: MERCHANT.mchId,
      WECHAT_PAY_APPID: MERCHANT.appId,
      WECHAT_PAY_SERIAL_NO: MERCHANT.serialNo,
      WECHAT_PAY_PRIVATE_KEY: merchantKeys.privateKey.replaceAll('\n', '\\n'),
      WECHAT_PAY_API_V3_KEY: API_V3_KEY,
      ...(options.publicKey
        ? {
            WECHAT_PAY_PUBLIC_KEY: fixedKeys.publicKey,
            WECHAT_PAY_PUBLIC_KEY_ID: PUBLIC_KEY_ID,
          }
        : {}),
    } as Record<string, string>,
    /** Somebody pays; WeChat Pay says nothing of it by itself. */
    pay(tradeNo: string): Record<string, unknown> {
      const order = orderOf(tradeNo);
      till.markPaid(order);
      return till.transactionOf(order);
    },
    /** Somebody pays between being asked about and being closed. */
    payBeforeClosing(tradeNo: string) {
      plans.paidBeforeClosing = tradeNo;
    },
    /** The next file is not what its hash says. */
    spoilDownload() {
      plans.spoilDownload = true;
    },
    /** A notice as WeChat Pay sends it; what it says and who signs it may be changed. */
    notice(
      content: object,
      more: { event?: string; signer?: Signer; timestamp?: number; apiV3Key?: string } = {},
    ): Notice {
      const event = more.event ?? 'TRANSACTION.SUCCESS';
      const kind = event.startsWith('REFUND') ? 'refund' : 'transaction';
      const sealed = encryptResource(JSON.stringify(content), more.apiV3Key ?? API_V3_KEY, kind);
      const body = JSON.stringify({
        id: randomUUID(),
        create_time: new Date().toISOString(),
        event_type: event,
        resource_type: 'encrypt-resource',
        summary: 'stand-in',
        resource: { ...sealed, original_type: kind },
      });
      const changed = more.timestamp === undefined ? {} : { timestamp: more.timestamp };
      return { body, headers: signatureHeaders(body, more.signer ?? signer, changed) };
    },
    /** Whatever it says, WeChat Pay said it. */
    signBody: (body: string): Notice => ({ body, headers: signatureHeaders(body, signer) }),
    fail: (kind: WechatPayCall, ...next: WechatPayFault[]) =>
      void faults.push(...next.map((fault): [WechatPayCall, WechatPayFault] => [kind, fault])),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export function sendNotice(serviceUrl: string, { body, headers }: Notice): Promise<Response> {
  return fetch(`${serviceUrl}/api/billing/wechat/notify`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body,
  });
}
