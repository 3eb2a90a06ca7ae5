import { jest } from '@jest/globals';
import { readConfig } from '../../backend/config.ts';
import { createLogger } from '../../backend/logger.ts';
import { createModeration } from '../../backend/moderation/create-moderation.ts';
import type { Moderation } from '../../backend/moderation/moderation.ts';
import { createMemoryCache } from '../../backend/platform/cache/memory-cache.ts';
import { createSecretBox } from '../../backend/platform/secret-box.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { DOUBTFUL_WORDS, RISKY_WORDS } from '../support/wechat-text-check.ts';

jest.setTimeout(30_000);

const TOKEN = '/cgi-bin/stable_token';
const CHECK = '/wxa/msg_sec_check';
const about = { userId: 'the learner', kind: 'question' } as const;

describe('texts that WeChat checks', () => {
  let wechat: WechatStandIn;
  let openids: Map<string, string>;
  let cache: ReturnType<typeof createMemoryCache>;
  let log: string;
  beforeEach(async () => {
    wechat = await startWechatStandIn();
    cache = createMemoryCache();
    log = '';
    openids = new Map([[about.userId, await visitor()]]);
  });
  afterEach(async () => {
    await cache.close();
    await wechat.close();
    // Neither what was said nor what opens a door is ever written down.
    for (const secret of [wechat.apps.miniprogram.secret, wechat.texts.token(), RISKY_WORDS]) {
      expect(log).not.toContain(secret);
    }
  });

  /** Somebody who has just logged in by the mini program. */
  async function visitor(): Promise<string> {
    const { appId, secret } = wechat.apps.miniprogram;
    const human = wechat.human();
    const query = new URLSearchParams({
      ...{ appid: appId, secret, grant_type: 'authorization_code' },
      js_code: wechat.codeFor(human, 'miniprogram'),
    });
    await fetch(`${wechat.url}/sns/jscode2session?${query}`);
    wechat.calls.length = 0;
    return human.openid.miniprogram;
  }

  function open(more: Record<string, string> = {}): Moderation {
    const config = readConfig({ MODERATION: 'wechat', ...wechat.environment, ...more });
    const moderation = createModeration({
      ...{ config, cache },
      secretBox: createSecretBox({
        ...{ encryptionKey: undefined, jwtPreviousSecrets: [] },
        jwtSecret: 'a secret that only the tests know',
      }),
      openidOf: async (userId, appId) =>
        appId === wechat.apps.miniprogram.appId ? openids.get(userId) : undefined,
      logger: createLogger('info', {
        write(line: string) {
          log += line;
        },
      }),
    });
    if (!moderation) throw new Error('moderation is off');
    return moderation;
  }

  test('are none by default', () => {
    const config = readConfig(wechat.environment);
    expect(config.moderation).toBeUndefined();
  });

  test('pass or do not, as WeChat says of that person’s text', async () => {
    const moderation = open();
    expect(await moderation.check('学而时习之', about)).toBe('pass');
    const rejected = await moderation.check(`你${RISKY_WORDS}`, { ...about, kind: 'answer' });
    expect(rejected).toBe('reject');
    const openid = openids.get(about.userId);
    expect(wechat.texts.checked).toEqual([
      { content: '学而时习之', openid, scene: 2 },
      { content: `你${RISKY_WORDS}`, openid, scene: 2 },
    ]);
    expect(log).toMatch(/"userId":"the learner".*"kind":"answer".*"label":20003/);
    expect(await moderation.check(' \n', about)).toBe('pass');
    expect(wechat.texts.checked).toHaveLength(2);
  });

  test('what a person would have to look at is a matter of the setting', async () => {
    const text = `这是${DOUBTFUL_WORDS}`;
    expect(await open().check(text, about)).toBe('pass');
    expect(await open({ MODERATION_REVIEW: 'reject' }).check(text, about)).toBe('reject');
    expect(log).toContain('"suggest":"review"');
  });

  test('long ones go in pieces, of which one is enough to reject all', async () => {
    const moderation = open();
    const long = '学'.repeat(1_998);
    expect(await moderation.check(long + RISKY_WORDS + '学'.repeat(1_998), about)).toBe('reject');
    const lengths = wechat.texts.checked.map(({ content }) => content.length);
    expect(Math.max(...lengths)).toBeLessThanOrEqual(2_000);
    expect(await moderation.check('学'.repeat(4_000), about)).toBe('pass');
  });

  test('of people whom the mini program does not know, or not now, pass or do not by setting', async () => {
    const web = { ...about, userId: 'somebody on the web' };
    expect(await open().check('你好', web)).toBe('pass');
    expect(wechat.calls).toEqual([]);
    expect(await open({ MODERATION_UNCHECKED: 'reject' }).check('你好', web)).toBe('reject');
    wechat.texts.leave(openids.get(about.userId) ?? '');
    expect(await open().check(RISKY_WORDS, about)).toBe('pass');
    expect(await open({ MODERATION_UNCHECKED: 'reject' }).check('你好', about)).toBe('reject');
    expect(await open({ MODERATION_UNAVAILABLE: 'reject' }).check('你好', about)).toBe('pass');
  });

  test.each([
    ['cut off', 'cut' as const],
    ['out of order', { status: 502 }],
    ['sent elsewhere', { status: 302 }],
    ['no JSON', { body: '<html>' }],
    ['JSON without sense', { body: '{"result":{}}' }],
    ['busy', { errcode: -1 }],
    ['used up', { errcode: 45009 }],
    ['not allowed', { errcode: 48001 }],
    ['echoing what it was sent', 'echo' as const],
  ])('where WeChat is %s, texts pass or do not by setting', async (_what, fault) => {
    wechat.fail(CHECK, fault, fault);
    expect(await open().check('你好', about)).toBe('pass');
    expect(await open({ MODERATION_UNAVAILABLE: 'reject' }).check('你好', about)).toBe('reject');
    expect(await open().check('你好', about)).toBe('pass');
    expect(log).toContain('WeChat does not check a text');
  });

  test('where WeChat says nothing at all, nobody waits for long', async () => {
    wechat.fail(CHECK, 'silence');
    const began = Date.now();
    expect(await open().check('你好', about)).toBe('pass');
    expect(Date.now() - began).toBeLessThan(8_000);
  });

  test('where it gives no token, the next text asks for one again', async () => {
    wechat.fail(TOKEN, { errcode: 40125 });
    const moderation = open({ MODERATION_UNAVAILABLE: 'reject' });
    expect(await moderation.check('你好', about)).toBe('reject');
    expect(log).toContain('"level":50');
    expect(await moderation.check('你好', about)).toBe('pass');
  });

  test('share one token, which is kept sealed', async () => {
    const [one, other] = [open(), open()];
    await Promise.all(Array.from({ length: 10 }, () => one.check('你好', about)));
    await other.check('你好', about);
    expect(wechat.calls.filter((path) => path === TOKEN)).toHaveLength(1);
    const kept = await cache.get(`wechat-access-token:${wechat.apps.miniprogram.appId}`);
    expect(kept).toMatch(/^v1\./);
    expect(kept).not.toContain(wechat.texts.token());
  });

  test('go on when somebody else took the token away, with one new one for all', async () => {
    const moderation = open({ MODERATION_UNAVAILABLE: 'reject' });
    await moderation.check('你好', about);
    wechat.texts.replaceToken();
    wechat.calls.length = 0;
    const checks = Array.from({ length: 10 }, () => moderation.check(RISKY_WORDS, about));
    expect(await Promise.all(checks)).toEqual(Array(10).fill('reject'));
    expect(wechat.texts.checked).toHaveLength(11);
    expect(wechat.calls.filter((path) => path === TOKEN)).toHaveLength(1);
  });

  test('go on when WeChat itself no longer takes what it gives out', async () => {
    const moderation = open({ MODERATION_UNAVAILABLE: 'reject' });
    await moderation.check('你好', about);
    wechat.texts.spoilToken();
    expect(await moderation.check('你好', about)).toBe('pass');
    wechat.fail(CHECK, { errcode: 42001 }, { errcode: 42001 });
    expect(await moderation.check('你好', about)).toBe('reject');
  });
});
