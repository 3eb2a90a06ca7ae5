import { jest } from '@jest/globals';
import { z } from 'zod';
import { PASSWORD, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

const PATH = '/api/auth/wechat-login';
const methods = z.object({
  password: z.boolean(),
  guest: z.boolean(),
  wechatWeb: z.boolean(),
  wechatMiniProgram: z.boolean(),
});

describeInOneMode('the way to WeChat and back', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    const address = { PUBLIC_URL: 'https://guoxue.example/' };
    service = await space.start({ ...wechat.environment, ...address });
    visits = visitsByWechat(service, wechat);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  const here = () => visit(service.url);
  const codeOfSomebody = () => wechat.codeFor(wechat.human(), 'web');

  /** Comes back from WeChat with what is given; nothing of it may have reached WeChat. */
  async function refused(body: object, headers: Record<string, string> = {}, path = PATH) {
    const before = wechat.calls.length;
    const reply = await here().post(path, { client: 'web', ...body }, headers);
    expect(wechat.calls.length).toBe(before);
    return reply.failure();
  }
  const notOurs = {
    status: 401,
    error: 'invalid_credentials',
    details: [{ path: 'state', message: expect.any(String) }],
  };

  test('starts at the QR page, with a cookie that only this site reads', async () => {
    const { url, state, reply } = await visits.browser().setOut();
    const target = new URL(url);
    expect(target.origin + target.pathname).toBe('https://open.weixin.qq.com/connect/qrconnect');
    expect(Object.fromEntries(target.searchParams)).toMatchObject({
      appid: wechat.apps.web.appId,
      redirect_uri: 'https://guoxue.example/login/wechat',
      state,
    });
    const cookie = reply.headers.get('set-cookie') ?? '';
    expect(cookie).toMatch(/^__Secure-guoxue-wechat-state=[\w-]{43};/);
    for (const attribute of ['HttpOnly', 'Secure', 'SameSite=Lax', 'Path=/api', 'Max-Age=600']) {
      expect(cookie).toContain(attribute);
    }
    expect(cookie).not.toContain(state);
    expect(reply.headers.get('cache-control')).toBe('no-store');
  });

  test('several tabs set out at once and all come back', async () => {
    const browser = visits.browser();
    const tabs = [await browser.setOut(), await browser.setOut(), await browser.setOut()];
    expect(new Set(tabs.map(({ state }) => state)).size).toBe(3);
    for (const { state } of tabs) {
      const body = { code: codeOfSomebody(), client: 'web', state };
      expect((await here().post(PATH, body, browser.headers())).status).toBe(200);
    }
  });

  test('a state that is missing, made up or used is refused before WeChat hears of it', async () => {
    const browser = visits.browser();
    const { state } = await browser.setOut();
    const headers = browser.headers();
    const missing = await refused({ code: codeOfSomebody() }, headers);
    expect(missing).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(missing.details).toMatchObject([{ path: 'state' }]);
    const madeUp = { code: codeOfSomebody(), state: 'x'.repeat(43) };
    expect(await refused(madeUp, headers)).toMatchObject(notOurs);
    const body = { code: codeOfSomebody(), client: 'web', state };
    expect((await here().post(PATH, body, headers)).status).toBe(200);
    expect(await refused({ code: codeOfSomebody(), state }, headers)).toMatchObject(notOurs);
  });

  test('a state is good for the browser that set out, and nobody else can use it up', async () => {
    const own = visits.browser();
    const { state } = await own.setOut();
    const other = visits.browser();
    await other.setOut();
    const body = () => ({ code: codeOfSomebody(), state });
    const strangers: Record<string, string>[] = [
      {},
      other.headers(),
      { cookie: '__Secure-guoxue-wechat-state=' },
      { cookie: own.cookie.replace('__Secure-', '') },
      { cookie: `${own.cookie}x` },
    ];
    for (const headers of strangers) expect(await refused(body(), headers)).toMatchObject(notOurs);
    const reply = await here().post(PATH, { ...body(), client: 'web' }, own.headers());
    expect(reply.status).toBe(200);
  });

  test('a state serves once, for logging in or for linking', async () => {
    const browser = visits.browser();
    const { state } = await browser.setOut();
    const headers = browser.headers();
    const learner = await register(service.url);
    const body = { code: codeOfSomebody(), client: 'web', state };
    expect((await learner.post('/api/user/wechat', body, headers)).status).toBe(200);
    expect(await refused({ code: codeOfSomebody(), state }, headers)).toMatchObject(notOurs);
  });

  test('a state of which ten minutes have passed is refused, and swept away', async () => {
    const browser = visits.browser();
    const { state } = await browser.setOut();
    const { knex } = service.platform.database;
    await knex('wechat_states').update({ expires_at: new Date(Date.now() - 1) });
    const body = { code: codeOfSomebody(), state };
    expect(await refused(body, browser.headers())).toMatchObject(notOurs);
    await browser.setOut();
    await service.services.stores.wechatStates.deleteExpiredBefore(new Date());
    expect(await knex('wechat_states').select('state_hash')).toHaveLength(1);
  });

  test('of several who come back with one state at once one gets in', async () => {
    const browser = visits.browser();
    const { state } = await browser.setOut();
    const replies = await Promise.all(
      [1, 2, 3, 4].map(() => {
        const body = { code: codeOfSomebody(), client: 'web', state };
        return here().post(PATH, body, browser.headers());
      }),
    );
    expect(replies.map(({ status }) => status).sort()).toEqual([200, 401, 401, 401]);
  });

  test('what is stored could not be used by who reads it', async () => {
    const browser = visits.browser();
    const { state } = await browser.setOut();
    const rows = JSON.stringify(await service.platform.database.knex('wechat_states'));
    const mark = browser.cookie.split('=')[1] ?? '';
    expect(mark).toHaveLength(43);
    expect(rows).not.toContain(state);
    expect(rows).not.toContain(mark);
  });

  test('bad input is told from the start', async () => {
    const bad = await refused({ code: '', client: 'qq', state: 7 });
    expect(bad).toMatchObject({ status: 400, error: 'invalid_input' });
    const paths = bad.details?.map(({ path }) => path).sort();
    expect(paths).toEqual(['client', 'code', 'state']);
  });

  test('the site says which ways there are', async () => {
    expect((await here().get('/api/auth/methods')).data(methods)).toEqual({
      password: true,
      guest: true,
      wechatWeb: true,
      wechatMiniProgram: true,
    });
  });
});

describeInOneMode('a site without WeChat', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  beforeAll(async () => {
    space = await openSpace(mode);
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
  });
  afterAll(() => space.dispose());

  test('says so, and so does one whose secret is wrong, to its operator alone', async () => {
    const { WECHAT_MINI_APPID, WECHAT_API_BASE_URL } = wechat.environment;
    const service = await space.start({
      WECHAT_API_BASE_URL: WECHAT_API_BASE_URL ?? '',
      WECHAT_MINI_APPID: WECHAT_MINI_APPID ?? '',
      WECHAT_MINI_SECRET: 'an-old-secret',
    });
    const here = visit(service.url);
    expect((await here.get('/api/auth/methods')).data(methods)).toEqual({
      password: true,
      guest: true,
      wechatWeb: false,
      wechatMiniProgram: true,
    });
    const { accessToken } = (await register(service.url)).login;
    const learner = visit(service.url, accessToken);
    const web = { code: 'c', client: 'web', state: 's' };
    const notHere = [
      await here.get('/api/auth/wechat/authorize'),
      await here.post(PATH, web),
      await learner.post('/api/user/wechat', web),
    ];
    for (const reply of notHere) {
      expect(reply.headers.get('set-cookie')).toBeNull();
      expect(reply.failure()).toMatchObject({
        status: 404,
        error: 'not_found',
        message: '本站没有开启微信登录。',
      });
    }
    const mini = { code: 'c', client: 'miniprogram' };
    const reply = await here.post(PATH, mini);
    expect(reply.failure()).toMatchObject({ status: 503, error: 'unavailable' });
    expect(reply.headers.get('retry-after')).toBe('5');
    const errors = service.log.filter(({ level }) => level >= 50);
    expect(errors).toMatchObject([{ client: 'miniprogram', errcode: 40125 }]);
    expect(JSON.stringify(service.log)).not.toContain('an-old-secret');
    expect(JSON.stringify(service.log)).not.toContain(PASSWORD);
  });
});
