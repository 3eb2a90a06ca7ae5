import {
  createCipheriv,
  createSign,
  createVerify,
  generateKeyPairSync,
  randomBytes,
} from 'node:crypto';

/** WeChat Pay's side of APIv3, written from its description and not from what the product does. */

export interface Signer {
  serialNo: string;
  privateKey: string;
}

export function newKeyPair(): { privateKey: string; publicKey: string } {
  const { privateKey, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  return {
    privateKey: privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
    publicKey: publicKey.export({ type: 'spki', format: 'pem' }).toString(),
  };
}

export function sign(message: string, privateKey: string): string {
  return createSign('RSA-SHA256').update(message).sign(privateKey, 'base64');
}

/** Headers of a reply or a notice. */
export function signatureHeaders(
  body: string,
  signer: Signer,
  changed: { timestamp?: number; nonce?: string } = {},
): Record<string, string> {
  const timestamp = String(changed.timestamp ?? Math.floor(Date.now() / 1000));
  const nonce = randomBytes(16).toString('hex');
  return {
    'Wechatpay-Timestamp': timestamp,
    'Wechatpay-Nonce': changed.nonce ?? nonce,
    'Wechatpay-Signature': sign(`${timestamp}\n${nonce}\n${body}\n`, signer.privateKey),
    'Wechatpay-Signature-Type': 'WECHATPAY2-SHA256-RSA2048',
    'Wechatpay-Serial': signer.serialNo,
  };
}

/** What is wrong with a request's Authorization; `undefined` when it is sound. */
export function faultOfRequest(
  header: string | undefined,
  request: { method: string; path: string; body: string },
  merchant: { mchId: string; serialNo: string; publicKey: string },
): string | undefined {
  const [scheme, rest = ''] = (header ?? '').split(/ (.*)/s);
  if (scheme !== 'WECHATPAY2-SHA256-RSA2048') return 'scheme';
  const fields = Object.fromEntries(
    [...rest.matchAll(/(\w+)="([^"]*)"/g)].map(([, name, value]) => [name, value ?? '']),
  );
  const { mchid, nonce_str, signature = '', timestamp = '', serial_no } = fields;
  if (mchid !== merchant.mchId || serial_no !== merchant.serialNo) return 'merchant';
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return 'timestamp';
  const { method, path, body } = request;
  const message = `${method}\n${path}\n${timestamp}\n${nonce_str}\n${body}\n`;
  const sound = createVerify('RSA-SHA256')
    .update(message)
    .verify(merchant.publicKey, signature, 'base64');
  return sound ? undefined : 'signature';
}

export function encryptResource(text: string, apiV3Key: string, associatedData: string) {
  const nonce = randomBytes(6).toString('hex');
  const cipher = createCipheriv('aes-256-gcm', apiV3Key, nonce);
  cipher.setAAD(Buffer.from(associatedData));
  const sealed = [cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return {
    algorithm: 'AEAD_AES_256_GCM',
    ciphertext: Buffer.concat(sealed).toString('base64'),
    nonce,
    associated_data: associatedData,
  };
}

const HEADING = [
  ...['交易时间', '公众账号ID', '商户号', '特约商户号', '设备号', '微信订单号', '商户订单号'],
  ...['用户标识', '交易类型', '交易状态', '付款银行', '货币种类', '应结订单金额', '代金券金额'],
  ...['微信退款单号', '商户退款单号', '退款金额', '充值券退款金额', '退款类型', '退款状态'],
  ...['商品名称', '商户数据包', '手续费', '费率', '订单金额', '申请退款金额', '费率备注'],
];

export interface BillLine {
  tradeNo: string;
  transactionId: string;
  amountFen: number;
  refundNo?: string;
  refundFen?: number;
}

/** With its byte order mark, its accents and its two lines of sums. */
export function tradeBillCsv(lines: readonly BillLine[]): string {
  const yuan = (fen: number) => (fen / 100).toFixed(2);
  const rows = lines.map(({ tradeNo, transactionId, amountFen, refundNo, refundFen }) => {
    const cells: Record<string, string> = {
      交易时间: '2026-11-20 10:00:00',
      微信订单号: transactionId,
      商户订单号: tradeNo,
      交易状态: refundNo ? 'REFUND' : 'SUCCESS',
      货币种类: 'CNY',
      商户退款单号: refundNo ?? '0',
      商品名称: '勤学, 一次',
      订单金额: yuan(amountFen),
      申请退款金额: yuan(refundFen ?? 0),
    };
    return HEADING.map((name) => `\`${cells[name] ?? '0'}`).join(',');
  });
  const sums = [
    '总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额',
    `\`${lines.length},\`0.00,\`0.00,\`0.00,\`0.00000,\`0.00,\`0.00`,
  ];
  return `\ufeff${[HEADING.join(','), ...rows, ...sums].join('\r\n')}\r\n`;
}
