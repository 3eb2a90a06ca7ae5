import { z } from 'zod';
import {
  createPlatformCertificates,
  type UnverifiedReply,
} from '../../backend/billing/wechat-pay/platform-keys.ts';
import {
  createWechatPayClient,
  type WechatPayClient,
} from '../../backend/billing/wechat-pay/wechat-pay-client.ts';
import { WechatPayError } from '../../backend/billing/wechat-pay/wechat-pay-error.ts';
import { readConfig } from '../../backend/config.ts';
import { silentLogger } from '../support/redis-space.ts';
import { currentCertificate, nextCertificate } from '../support/wechat-pay-certificates.ts';
import { encryptResource, newKeyPair, signatureHeaders } from '../support/wechat-pay-protocol.ts';
import {
  startWechatPayStandIn,
  type WechatPayFault,
  type WechatPayStandIn,
} from '../support/wechat-pay-stand-in.ts';

const anything = z.object({ trade_state: z.string() });
const TIMEOUT_MS = 1_000;

describe('the client of WeChat Pay', () => {
  let wechat: WechatPayStandIn;
  let client: WechatPayClient;
  beforeAll(async () => {
    wechat = await startWechatPayStandIn();
  });
  beforeEach(() => {
    const { wechatPay } = readConfig(wechat.environment);
    if (!wechatPay) throw new Error('WeChat Pay is not set up');
    client = createWechatPayClient(wechatPay, silentLogger, TIMEOUT_MS);
    wechat.calls.length = 0;
    wechat.orders.set('gx1', {
      ...{ out_trade_no: 'gx1', description: '勤学', total: 1, openid: undefined },
      ...{ state: 'NOTPAY', transactionId: undefined, paidAt: undefined },
    });
  });
  afterAll(() => wechat.close());

  const path = () => `/v3/pay/transactions/out-trade-no/gx1?mchid=${wechat.merchant.mchId}`;
  const query = () => client.get(path(), anything);
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'no error',
      (error: unknown) => (error instanceof WechatPayError ? error.code : String(error)),
    );

  it('signs what it asks and believes what is signed', async () => {
    await expect(query()).resolves.toEqual({ trade_state: 'NOTPAY' });
  });

  it.each<[WechatPayFault, string]>([
    ['cut', 'UNREACHABLE'],
    ['silence', 'UNREACHABLE'],
    ['unsigned', 'BAD_SIGNATURE'],
    ['wrong signature', 'BAD_SIGNATURE'],
    ['wrong nonce', 'BAD_SIGNATURE'],
    [{ status: 500, code: 'SYSTEM_ERROR' }, 'SYSTEM_ERROR'],
    [{ status: 404, code: 'ORDER_NOT_EXIST' }, 'ORDER_NOT_EXIST'],
  ])('says of %j what it is, and no more', async (fault, code) => {
    await query();
    wechat.fail('query', fault);
    expect(await codeOf(query())).toBe(code);
    expect(await codeOf(query())).toBe('no error');
  });

  it('takes no reply that is not as described', async () => {
    expect(await codeOf(client.get(path(), z.object({ other: z.string() })))).toBe('UNREADABLE');
  });

  it('asks for certificates once for many, and not again', async () => {
    await Promise.all([query(), query(), query()]);
    await query();
    expect(wechat.calls.filter(({ kind }) => kind === 'certificates')).toHaveLength(1);
  });

  it('takes a file only from where it was told WeChat Pay is, and only with its hash', async () => {
    wechat.setBill('2026-11-20', []);
    const file = 'https://elsewhere.example.org/v3/billdownload/file?token=2026-11-20';
    expect(await codeOf(client.download(file, '0'.repeat(40)))).toBe('BAD_SIGNATURE');
    expect(wechat.calls.at(-1)?.kind).toBe('download');
  });
});

describe('the client of a merchant with a public key of WeChat Pay', () => {
  let wechat: WechatPayStandIn;
  afterEach(() => wechat.close());
  async function open(publicKey: true | 'beside certificates'): Promise<WechatPayClient> {
    wechat = await startWechatPayStandIn({ publicKey });
    const { wechatPay } = readConfig(wechat.environment);
    if (!wechatPay) throw new Error('WeChat Pay is not set up');
    return createWechatPayClient(wechatPay, silentLogger, TIMEOUT_MS);
  }
  const asked = () => wechat.calls.filter(({ kind }) => kind === 'certificates').length;
  const query = (client: WechatPayClient) =>
    client.get(`/v3/pay/transactions/out-trade-no/gx2?mchid=${wechat.merchant.mchId}`, anything);

  it('who is switching over believes what is signed with either', async () => {
    const client = await open('beside certificates');
    const { publicKey, certificate } = wechat.signers;
    expect(await client.keys.of(publicKey.serialNo)).toContain('BEGIN PUBLIC KEY');
    expect(asked()).toBe(0);
    expect(await client.keys.of(certificate.serialNo)).toContain('BEGIN PUBLIC KEY');
    expect(await client.keys.of(nextCertificate.serialNo)).toBeUndefined();
    expect(asked()).toBe(1);
    await expect(query(client)).rejects.toMatchObject({ code: 'ORDER_NOT_EXIST' });
  });

  it('believes no certificate where there are none, and no other public key', async () => {
    const client = await open(true);
    expect(await client.keys.of('PUB_KEY_ID_0119000001092026112000000002')).toBeUndefined();
    expect(asked()).toBe(0);
    for (const serial of [currentCertificate.serialNo, nextCertificate.serialNo]) {
      expect(await client.keys.of(serial)).toBeUndefined();
    }
    expect(asked()).toBe(1);
    await expect(query(client)).rejects.toMatchObject({ code: 'ORDER_NOT_EXIST' });
  });

  it('does not take an outage for there being none', async () => {
    const client = await open('beside certificates');
    wechat.fail('certificates', { status: 500, code: 'SYSTEM_ERROR' });
    await expect(client.keys.of(wechat.signers.certificate.serialNo)).rejects.toThrow();
  });
});

describe('platform certificates', () => {
  const KEY = 'an APIv3 key of thirty-two bytes';
  const HOUR_MS = 3_600_000;
  let now = 0;
  let downloads = 0;
  let offered: { certificate: typeof currentCertificate; until: string }[] = [];
  let reply: () => UnverifiedReply | Promise<UnverifiedReply>;
  beforeEach(() => {
    now = Date.parse('2026-11-21T00:00:00Z');
    downloads = 0;
    offered = [{ certificate: currentCertificate, until: '2027-01-01T00:00:00Z' }];
    reply = signedReply;
  });

  function signedReply(signer = currentCertificate, apiV3Key = KEY): UnverifiedReply {
    const data = offered.map(({ certificate: { serialNo, certificate }, until }) => ({
      serial_no: serialNo,
      effective_time: '2026-01-01T00:00:00+08:00',
      expire_time: until,
      encrypt_certificate: encryptResource(certificate, apiV3Key, 'certificate'),
    }));
    const body = JSON.stringify({ data });
    const headers = signatureHeaders(body, signer);
    const header = (name: string) => headers[name] ?? '';
    return {
      body,
      signed: {
        timestamp: header('Wechatpay-Timestamp'),
        nonce: header('Wechatpay-Nonce'),
        signature: header('Wechatpay-Signature'),
        serial: header('Wechatpay-Serial'),
      },
    };
  }
  const open = () =>
    createPlatformCertificates({
      apiV3Key: KEY,
      logger: silentLogger,
      now: () => now,
      async download() {
        downloads += 1;
        return reply();
      },
    });
  const { serialNo } = currentCertificate;

  it('are kept, and renewed before anybody misses one', async () => {
    const keys = open();
    expect(await keys.of(serialNo)).toContain('BEGIN PUBLIC KEY');
    expect(await keys.of(serialNo.toLowerCase())).toBeDefined();
    expect(downloads).toBe(1);
    now += 11 * HOUR_MS;
    offered.push({ certificate: nextCertificate, until: '2031-01-01T00:00:00Z' });
    expect(await keys.of(serialNo)).toBeDefined();
    expect(await keys.of(nextCertificate.serialNo)).toBeDefined();
    expect(downloads).toBe(2);
  });

  it('hold as long as they say, old beside new', async () => {
    const keys = open();
    await keys.of(serialNo);
    offered = [{ certificate: nextCertificate, until: '2031-01-01T00:00:00Z' }];
    reply = () => signedReply(nextCertificate);
    now += HOUR_MS;
    expect(await keys.of(nextCertificate.serialNo)).toBeDefined();
    expect(await keys.of(serialNo)).toBeDefined();
    now = Date.parse('2027-01-01T00:00:01Z');
    expect(await keys.of(serialNo)).toBeUndefined();
  });

  it('are not asked for each time a stranger makes a serial up', async () => {
    const keys = open();
    for (const serial of ['AA', 'BB', 'CC']) expect(await keys.of(serial)).toBeUndefined();
    expect(downloads).toBe(1);
    now += 16_000;
    await keys.of('DD');
    expect(downloads).toBe(2);
  });

  it('are asked for again when that failed, and those that are known hold meanwhile', async () => {
    const keys = open();
    reply = () => Promise.reject(new Error('away'));
    await expect(keys.of(serialNo)).rejects.toThrow('away');
    now += 16_000;
    reply = signedReply;
    expect(await keys.of(serialNo)).toBeDefined();
    now += 11 * HOUR_MS;
    reply = () => Promise.reject(new Error('away'));
    expect(await keys.of(serialNo)).toBeDefined();
  });

  it.each<[string, () => UnverifiedReply]>([
    ['nobody signed', () => ({ ...signedReply(), signed: undefined })],
    ['one that is not among them signed', () => signedReply(nextCertificate)],
    [
      'somebody else signed in its name',
      () => signedReply({ ...currentCertificate, privateKey: newKeyPair().privateKey }),
    ],
    ['another key encrypted', () => signedReply(currentCertificate, KEY.toUpperCase())],
  ])('that %s are not taken', async (_, made) => {
    const keys = open();
    reply = made;
    await expect(keys.of(serialNo)).rejects.toThrow();
    expect(await keys.of(serialNo)).toBeUndefined();
  });
});
