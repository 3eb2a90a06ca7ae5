import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { ConfigError, readConfig } from '../../backend/config.ts';
import { newKeyPair } from '../support/wechat-pay-protocol.ts';

const keys = newKeyPair();
const PAY = {
  PUBLIC_URL: 'https://guoxue.example.org',
  WECHAT_PAY_MCHID: '1900000109',
  WECHAT_PAY_APPID: 'wx8888888888888888',
  WECHAT_PAY_SERIAL_NO: '3775b6a45acd588',
  WECHAT_PAY_PRIVATE_KEY: keys.privateKey,
  WECHAT_PAY_API_V3_KEY: 'an APIv3 key of thirty-two bytes',
};
const VIRTUAL = {
  WECHAT_MINI_APPID: 'wx1',
  WECHAT_MINI_SECRET: 'secret',
  WECHAT_VIRTUAL_OFFER_ID: '145',
  WECHAT_VIRTUAL_APP_KEY: 'key',
  WECHAT_PUSH_TOKEN: 'token',
};

function faultsOf(environment: Record<string, string>): string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.message.split('\n').slice(1);
    throw error;
  }
  return [];
}

describe('settings of WeChat Pay', () => {
  it('are not needed', () => {
    expect(readConfig({})).toMatchObject({ wechatPay: undefined, virtualPayment: undefined });
  });

  it('are taken as they are, keys as text, in one line or as a file', async () => {
    const { wechatPay } = readConfig(PAY);
    expect(wechatPay).toEqual({
      baseUrl: 'https://api.mch.weixin.qq.com',
      mchId: PAY.WECHAT_PAY_MCHID,
      appId: PAY.WECHAT_PAY_APPID,
      serialNo: '3775B6A45ACD588',
      privateKey: keys.privateKey,
      apiV3Key: PAY.WECHAT_PAY_API_V3_KEY,
      publicKey: undefined,
    });
    const line = keys.privateKey.replaceAll('\n', '\\n');
    expect(readConfig({ ...PAY, WECHAT_PAY_PRIVATE_KEY: line }).wechatPay).toEqual(wechatPay);
    const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-key-'));
    const file = path.join(folder, 'apiclient_key.pem');
    await writeFile(file, keys.privateKey);
    expect(readConfig({ ...PAY, WECHAT_PAY_PRIVATE_KEY: file }).wechatPay).toEqual(wechatPay);
    await rm(folder, { recursive: true });
    const more = {
      WECHAT_PAY_PUBLIC_KEY: keys.publicKey,
      WECHAT_PAY_PUBLIC_KEY_ID: 'PUB_KEY_ID_011',
    };
    expect(readConfig({ ...PAY, ...more }).wechatPay?.publicKey).toEqual({
      id: 'PUB_KEY_ID_011',
      pem: keys.publicKey,
    });
    expect(readConfig(VIRTUAL).virtualPayment).toMatchObject({ offerId: '145', env: 0 });
  });

  it('come all together or not at all, and each that is missing is named', () => {
    for (const name of Object.keys(PAY)) {
      const faults = faultsOf({ ...PAY, [name]: '' });
      expect({ name, faults }).toEqual({
        name,
        faults: [expect.stringContaining(`${name}: is required`)],
      });
    }
    for (const name of Object.keys(VIRTUAL)) {
      const faults = faultsOf({ ...VIRTUAL, [name]: '' }).join();
      expect(faults).toContain(`${name}: is required`);
    }
    expect(faultsOf({ ...PAY, WECHAT_PAY_PUBLIC_KEY: keys.publicKey })).toEqual([
      expect.stringContaining('WECHAT_PAY_PUBLIC_KEY_ID: is required'),
    ]);
    expect(faultsOf({ WECHAT_PAY_MCHID: '1900000109' })).toHaveLength(5);
  });

  it.each([
    ['WECHAT_PAY_MCHID', 'my shop'],
    ['WECHAT_PAY_SERIAL_NO', 'no hex'],
    ['WECHAT_PAY_PRIVATE_KEY', '/there/is/no/such.pem'],
    ['WECHAT_PAY_PRIVATE_KEY', '-----BEGIN PRIVATE KEY-----\nrubbish\n-----END PRIVATE KEY-----'],
    ['WECHAT_PAY_PRIVATE_KEY', keys.publicKey],
    ['WECHAT_PAY_API_V3_KEY', 'too short'],
    ['WECHAT_PAY_PUBLIC_KEY_ID', '12345'],
    ['WECHAT_PAY_BASE_URL', 'ftp://api.mch.weixin.qq.com'],
    ['WECHAT_VIRTUAL_ENV', '2'],
    ['WECHAT_PUSH_AES_KEY', 'too short'],
  ])('%s that cannot be is named, and not quoted', (name, value) => {
    const faults = faultsOf({ ...PAY, ...VIRTUAL, [name]: value }).filter((fault) =>
      fault.includes(`${name}:`),
    );
    expect(faults).toHaveLength(1);
    expect(faults.join()).not.toContain(value);
  });
});
