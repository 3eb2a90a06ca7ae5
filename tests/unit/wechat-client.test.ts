import type { WechatClient } from '../../backend/accounts/wechat/wechat-client.ts';
import {
  createWechatOauthClient,
  type WechatSettings,
} from '../../backend/accounts/wechat/wechat-oauth-client.ts';
import type { AppError } from '../../backend/errors.ts';
import { createLogger } from '../../backend/logger.ts';
import {
  startWechatStandIn,
  type WechatFault,
  type WechatPath,
  type WechatStandIn,
} from '../support/wechat-stand-in.ts';

const SESSION: WechatPath = '/sns/jscode2session';
const TOKEN: WechatPath = '/sns/oauth2/access_token';
const PROFILE: WechatPath = '/sns/userinfo';

/** Good JSON, but for its length. */
const FAR_TOO_MUCH = `{"openid":"o","session_key":"k"${' '.repeat(1 << 20)}}`;

let wechat: WechatStandIn;
let log: { level: number; msg: string }[];
beforeEach(async () => {
  wechat = await startWechatStandIn();
  log = [];
});
afterEach(() => wechat.close());

function open(settings: Partial<WechatSettings> = {}, timeoutMs = 5_000): WechatClient {
  return createWechatOauthClient({
    settings: { baseUrl: wechat.url, ...wechat.apps, ...settings },
    redirectUrl: 'https://guoxue.example/login/wechat',
    logger: createLogger('info', { write: (line: string) => void log.push(JSON.parse(line)) }),
    timeoutMs,
  });
}

const mini = (client: WechatClient, code: string) => client.exchangeMiniProgramCode?.(code);
const web = (client: WechatClient, code: string) => client.exchangeWebCode?.(code);

async function failureOf(exchange: Promise<unknown> | undefined): Promise<AppError> {
  return (await exchange?.then(
    () => {
      throw new Error('that should have failed');
    },
    (error) => error,
  )) as AppError;
}

describe('a code', () => {
  test('of the mini program says who it is, with the key to sign for them', async () => {
    const human = wechat.human();
    const person = await mini(open(), wechat.codeFor(human, 'miniprogram'));
    expect(person).toEqual({
      appId: wechat.apps.miniprogram.appId,
      openid: human.openid.miniprogram,
      unionid: human.unionid,
      sessionKey: wechat.lastSessionKey(),
    });
    expect(wechat.calls).toEqual([SESSION]);
  });

  test('of the page says who it is, with name and picture', async () => {
    const human = wechat.human({ unionid: null });
    const person = await web(open(), wechat.codeFor(human, 'web'));
    expect(person).toEqual({
      appId: wechat.apps.web.appId,
      openid: human.openid.web,
      unionid: null,
      nickname: '颜回',
      avatarUrl: 'http://thirdwx.qlogo.cn/mmopen/g3MonUZtNHk/46',
    });
    expect(wechat.calls).toEqual([TOKEN, PROFILE]);
  });

  test('sent several times at once is exchanged once, and nothing is remembered afterwards', async () => {
    const client = open();
    const code = wechat.codeFor(wechat.human(), 'miniprogram');
    const people = await Promise.all([mini(client, code), mini(client, code), mini(client, code)]);
    expect(new Set(people.map((person) => person?.openid)).size).toBe(1);
    expect(wechat.calls).toEqual([SESSION]);
    expect(await failureOf(mini(client, code))).toMatchObject({ slug: 'invalid_credentials' });
    expect(wechat.calls).toEqual([SESSION, SESSION]);
  });

  test('of two people at once keeps them apart', async () => {
    const client = open();
    const humans = [wechat.human(), wechat.human()];
    const people = await Promise.all(
      humans.map((human) => web(client, wechat.codeFor(human, 'web'))),
    );
    expect(people.map((person) => person?.openid)).toEqual(humans.map(({ openid }) => openid.web));
  });

  test('is good for its own app only', async () => {
    const client = open();
    const human = wechat.human();
    const failures = [
      await failureOf(mini(client, wechat.codeFor(human, 'web'))),
      await failureOf(web(client, wechat.codeFor(human, 'miniprogram'))),
    ];
    for (const failure of failures) {
      expect(failure).toMatchObject({ status: 401, slug: 'invalid_credentials' });
    }
  });

  test('unknown, used or too old is refused', async () => {
    const client = open();
    const used = wechat.codeFor(wechat.human(), 'web');
    await web(client, used);
    const old = wechat.codeFor(wechat.human(), 'web');
    wechat.expire(old);
    for (const code of ['never given', used, old]) {
      const failure = await failureOf(web(client, code));
      expect(failure).toMatchObject({ status: 401, slug: 'invalid_credentials' });
    }
    expect(log).toEqual([]);
  });
});

describe('the page of WeChat', () => {
  test('gets everything it needs, and sends people back to us', () => {
    const url = new URL(open().authorizeUrl?.('a-state') ?? '');
    expect(url.origin + url.pathname).toBe('https://open.weixin.qq.com/connect/qrconnect');
    expect(Object.fromEntries(url.searchParams)).toEqual({
      appid: wechat.apps.web.appId,
      redirect_uri: 'https://guoxue.example/login/wechat',
      response_type: 'code',
      scope: 'snsapi_login',
      state: 'a-state',
    });
    expect(url.hash).toBe('#wechat_redirect');
  });

  test('is not there for an app that is not configured', () => {
    const none = open({ web: undefined, miniprogram: undefined });
    expect(none).toEqual({
      exchangeMiniProgramCode: undefined,
      exchangeWebCode: undefined,
      authorizeUrl: undefined,
    });
  });
});

describe('name and picture', () => {
  const faults: [string, WechatFault][] = [
    ['an error', { errcode: 48001 }],
    ['a broken line', 'cut'],
    ['silence', 'silence'],
    ['nonsense', { body: 'null' }],
    ['somebody else’s', { body: '{"openid":"somebody-else","nickname":"盗跖"}' }],
  ];
  test.each(faults)('that cannot be read (%s) keep nobody out', async (_, fault) => {
    wechat.fail(PROFILE, fault);
    const human = wechat.human();
    const person = await web(open({}, 300), wechat.codeFor(human, 'web'));
    expect(person).toMatchObject({ openid: human.openid.web, nickname: null, avatarUrl: null });
    expect(person).toMatchObject({ unionid: human.unionid });
  });
});

describe('when WeChat does not answer as it should', () => {
  const faults: [string, WechatFault, object][] = [
    ['is busy', { errcode: -1 }, { status: 503, slug: 'unavailable', retryAfterSeconds: 5 }],
    [
      'counts us out',
      { errcode: 45011 },
      { status: 429, slug: 'rate_limited', retryAfterSeconds: 60 },
    ],
    ['blocks the person', { errcode: 40226 }, { status: 403, slug: 'forbidden' }],
    ['says something new', { errcode: 99999 }, { status: 503, slug: 'unavailable' }],
    ['fails', { status: 500 }, { status: 503, slug: 'unavailable' }],
    ['points elsewhere', { status: 302 }, { status: 503, slug: 'unavailable' }],
    ['sends a page', { body: '<html>请稍后</html>' }, { status: 503, slug: 'unavailable' }],
    ['sends a list', { body: '[]' }, { status: 503, slug: 'unavailable' }],
    ['sends nobody', { body: '{"errcode":0}' }, { status: 503, slug: 'unavailable' }],
    ['sends a strange openid', { body: '{"openid":"a b"}' }, { status: 503, slug: 'unavailable' }],
    ['sends far too much', { body: FAR_TOO_MUCH }, { status: 503, slug: 'unavailable' }],
    ['breaks off', 'cut', { status: 503, slug: 'unavailable' }],
    ['says nothing', 'silence', { status: 503, slug: 'unavailable', retryAfterSeconds: 5 }],
    ['repeats what was sent', 'echo', { status: 503, slug: 'unavailable' }],
  ];
  test.each(faults)('%s: the caller is told, and the code is sent once', async (_, fault, told) => {
    wechat.fail(SESSION, fault);
    wechat.fail(TOKEN, fault);
    const client = open({}, 300);
    const human = wechat.human();
    expect(await failureOf(mini(client, wechat.codeFor(human, 'miniprogram')))).toMatchObject(told);
    expect(await failureOf(web(client, wechat.codeFor(human, 'web')))).toMatchObject(told);
    expect(wechat.calls).toEqual([SESSION, TOKEN]);
  });

  test('nobody listens', async () => {
    const { url } = wechat;
    const client = open({ baseUrl: url });
    await wechat.close();
    expect(await failureOf(mini(client, 'code'))).toMatchObject({ status: 503 });
    expect(log).toMatchObject([{ level: 40, reason: 'ECONNREFUSED' }]);
    wechat = await startWechatStandIn();
  });

  test('our own settings are wrong: it is in the log, as an error', async () => {
    const { miniprogram, web: page } = wechat.apps;
    const client = open({
      miniprogram: { ...miniprogram, secret: 'old' },
      web: { ...page, appId: 'wx-other' },
    });
    expect(await failureOf(mini(client, 'code'))).toMatchObject({ status: 503 });
    expect(await failureOf(web(client, 'code'))).toMatchObject({ status: 503 });
    expect(log).toMatchObject([
      { level: 50, client: 'miniprogram', errcode: 40125 },
      { level: 50, client: 'web', errcode: 40013 },
    ]);
  });

  test('the secret is in no error and in no log', async () => {
    const client = open({}, 300);
    const everything: WechatFault[] = [
      ...['echo', 'cut', 'silence'].map((fault) => fault as WechatFault),
      ...[{ status: 500 }, { status: 301 }, { body: 'x' }, { errcode: 40125 }],
    ];
    const failures: unknown[] = [];
    for (const fault of everything) {
      wechat.fail(SESSION, fault);
      wechat.fail(TOKEN, fault);
      failures.push(
        await failureOf(mini(client, 'a-code')),
        await failureOf(web(client, 'a-code')),
      );
    }
    await wechat.close();
    failures.push(await failureOf(mini(client, 'a-code')));
    wechat = await startWechatStandIn();
    const shown = JSON.stringify([log, failures.map(unfold)]);
    expect(log.length).toBe(everything.length * 2 + 1);
    expect(shown).not.toMatch(/mini-|web-|secret=|a-code/);
  });
});

/** An error with all that hangs on it. */
function unfold(thrown: unknown): unknown {
  if (!(thrown instanceof Error)) return thrown;
  const { message, stack, cause, ...more } = thrown;
  return { message, stack: stack?.split('\n')[0], cause: unfold(cause), ...more };
}
