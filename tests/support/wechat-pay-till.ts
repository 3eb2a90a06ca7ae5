import { createHash, randomInt, randomUUID } from 'node:crypto';
import { currentCertificate, type PlatformCertificate } from './wechat-pay-certificates.ts';
import { type BillLine, encryptResource, tradeBillCsv } from './wechat-pay-protocol.ts';

export interface StandInOrder {
  out_trade_no: string;
  description: string;
  total: number;
  openid: string | undefined;
  state: 'NOTPAY' | 'SUCCESS' | 'CLOSED' | 'REFUND';
  transactionId: string | undefined;
  paidAt: string | undefined;
}

export interface StandInRefund {
  out_refund_no: string;
  transaction_id: string;
  refund: number;
  status: 'PROCESSING' | 'SUCCESS' | 'CLOSED' | 'ABNORMAL';
}

export type WechatPayCall =
  | 'prepay'
  | 'query'
  | 'close'
  | 'refund'
  | 'queryRefund'
  | 'bill'
  | 'download'
  | 'certificates';

export interface Answer {
  status: number;
  body: string;
  signed: boolean;
}

export interface Call {
  method: string;
  target: URL;
  body: string;
}

interface Merchant {
  mchId: string;
  appId: string;
  apiV3Key: string;
  notifyUrl: string;
}

export type Till = ReturnType<typeof createTill>;

function ok(body?: object): Answer {
  return { status: body ? 200 : 204, body: body ? JSON.stringify(body) : '', signed: true };
}

export function refuse(status: number, code: string): Answer {
  return { status, body: JSON.stringify({ code, message: `stand-in: ${code}` }), signed: true };
}

/** What WeChat Pay knows of one merchant, and what it answers to each call. */
export function createTill({ mchId, appId, apiV3Key, notifyUrl }: Merchant) {
  const orders = new Map<string, StandInOrder>();
  const refunds = new Map<string, StandInRefund>();
  const bills = new Map<string, string>();
  const certificates: PlatformCertificate[] = [currentCertificate];
  const plans = { paidBeforeClosing: '', spoilDownload: false };

  function transactionOf(order: StandInOrder): Record<string, unknown> {
    const { out_trade_no, state: trade_state, transactionId, openid, total, paidAt } = order;
    const common = { appid: appId, mchid: mchId, out_trade_no, trade_state };
    if (!transactionId) return common;
    return {
      ...common,
      transaction_id: transactionId,
      trade_type: openid ? 'JSAPI' : 'NATIVE',
      success_time: paidAt,
      payer: { openid: openid ?? 'o-somebody-who-scanned' },
      amount: { total, payer_total: total, currency: 'CNY', payer_currency: 'CNY' },
    };
  }

  function markPaid(order: StandInOrder) {
    const clock = new Date(Date.now() + 8 * 3_600_000).toISOString().slice(0, 19);
    order.state = 'SUCCESS';
    order.transactionId ??= `42000${Date.now()}${randomInt(1e9)}`;
    order.paidAt ??= `${clock}+08:00`;
  }

  function prepay({ target, body }: Call): Answer {
    const channel = target.pathname.split('/')[4];
    const sent: {
      out_trade_no: string;
      description: string;
      amount: { total: number };
      payer?: { openid: string };
      appid: string;
      mchid: string;
      notify_url: string;
    } = JSON.parse(body);
    const { out_trade_no, description, amount, payer } = sent;
    const sound = sent.appid === appId && sent.mchid === mchId && sent.notify_url === notifyUrl;
    const named = /^[\w|*-]{6,32}$/.test(out_trade_no);
    const knowsPayer = (channel === 'jsapi') === (payer !== undefined);
    if (!sound || !named || !knowsPayer) return refuse(400, 'PARAM_ERROR');
    const known = orders.get(out_trade_no);
    if (known?.state === 'SUCCESS') return refuse(403, 'ORDERPAID');
    const same = known?.description === description && known.total === amount.total;
    if (known && (known.state === 'CLOSED' || !same)) return refuse(403, 'OUT_TRADE_NO_USED');
    orders.set(out_trade_no, {
      ...{ out_trade_no, description, total: amount.total, openid: payer?.openid },
      ...{ state: 'NOTPAY', transactionId: undefined, paidAt: undefined },
    });
    if (channel === 'jsapi') return ok({ prepay_id: `wx${randomUUID().replaceAll('-', '')}` });
    return ok({ code_url: `weixin://wxpay/bizpayurl?pr=${randomUUID().slice(0, 8)}` });
  }

  const find = ({ target }: Call) => orders.get(target.pathname.split('/')[5] ?? '');

  function query(call: Call): Answer {
    const order = find(call);
    return order ? ok(transactionOf(order)) : refuse(404, 'ORDER_NOT_EXIST');
  }

  function close(call: Call): Answer {
    const order = find(call);
    if (!order) return refuse(404, 'RESOURCE_NOT_EXISTS');
    if (order.out_trade_no === plans.paidBeforeClosing) markPaid(order);
    if (order.transactionId) return refuse(400, 'ORDERPAID');
    order.state = 'CLOSED';
    return ok();
  }

  function refund({ body }: Call): Answer {
    const sent: { transaction_id: string; out_refund_no: string; amount: { refund: number } } =
      JSON.parse(body);
    const { transaction_id, out_refund_no, amount } = sent;
    const known = refunds.get(out_refund_no);
    if (known) return ok(known);
    const status = 'PROCESSING' as const;
    const made = { out_refund_no, transaction_id, refund: amount.refund, status };
    refunds.set(out_refund_no, made);
    return ok(made);
  }

  function queryRefund({ target }: Call): Answer {
    const known = refunds.get(target.pathname.split('/').at(-1) ?? '');
    return known ? ok(known) : refuse(404, 'RESOURCE_NOT_EXISTS');
  }

  function bill({ target }: Call): Answer {
    const day = target.searchParams.get('bill_date') ?? '';
    const csv = bills.get(day);
    if (csv === undefined) return refuse(400, 'NO_STATEMENT_EXIST');
    return ok({
      hash_type: 'SHA1',
      hash_value: createHash('sha1').update(csv).digest('hex'),
      download_url: `https://api.mch.weixin.qq.com/v3/billdownload/file?token=${day}`,
    });
  }

  function download({ target }: Call): Answer {
    const csv = bills.get(target.searchParams.get('token') ?? '') ?? '';
    const body = plans.spoilDownload ? csv.replace('6.00', '9.00') : csv;
    plans.spoilDownload = false;
    return { status: 200, body, signed: false };
  }

  function certificateList(): Answer {
    if (certificates.length === 0) return refuse(404, 'RESOURCE_NOT_EXISTS');
    const data = certificates.map(({ serialNo, certificate }) => ({
      serial_no: serialNo,
      effective_time: '2026-01-01T00:00:00+08:00',
      expire_time: '2126-01-01T00:00:00+08:00',
      encrypt_certificate: encryptResource(certificate, apiV3Key, 'certificate'),
    }));
    return ok({ data });
  }

  /** Which call it is, by method and path, and what is answered. */
  const routes: [WechatPayCall, RegExp, (call: Call) => Answer][] = [
    ['prepay', /^POST \/v3\/pay\/transactions\/(native|jsapi)$/, prepay],
    ['close', /^POST \/v3\/pay\/transactions\/out-trade-no\/\w+\/close$/, close],
    ['query', /^GET \/v3\/pay\/transactions\/out-trade-no\/\w+$/, query],
    ['refund', /^POST \/v3\/refund\/domestic\/refunds$/, refund],
    ['queryRefund', /^GET \/v3\/refund\/domestic\/refunds\/\w+$/, queryRefund],
    ['bill', /^GET \/v3\/bill\/tradebill$/, bill],
    ['download', /^GET \/v3\/billdownload\/file$/, download],
    ['certificates', /^GET \/v3\/certificates$/, certificateList],
  ];

  return {
    ...{ orders, refunds, certificates, plans, transactionOf, markPaid },
    setBill: (day: string, lines: readonly BillLine[]) => void bills.set(day, tradeBillCsv(lines)),
    /** The kind of a call, and its answer once it is wanted. */
    receive(call: Call): { kind: WechatPayCall; answer: () => Answer } | undefined {
      const line = `${call.method} ${call.target.pathname}`;
      const route = routes.find(([, pattern]) => pattern.test(line));
      return route && { kind: route[0], answer: () => route[2](call) };
    },
  };
}
