import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, openBrowser, openVisit } from '../support/browser.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { register, visit } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';
import {
  startWechatStandIn,
  type WechatHuman,
  type WechatStandIn,
} from '../support/wechat-stand-in.ts';

jest.setTimeout(120_000);

/** One transparent point, as WeChat's picture of somebody. */
const PICTURE = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNkYPhfDwAChwGA60e6kgAAAABJRU5ErkJggg==',
  'base64',
);

describeWith('chromium', 'WeChat in the browser', () => {
  let browser: Browser;
  let space: ProgramSpace;
  let wechat: WechatStandIn;
  let url: string;
  beforeAll(async () => {
    [browser, space, wechat] = await Promise.all([
      openBrowser(),
      openProgramSpace(),
      startWechatStandIn(),
    ]);
    const program = space.start({ RATE_LIMIT_DISABLED: '1', ...wechat.environment });
    await program.ready();
    url = await program.url();
  });
  afterAll(async () => {
    await browser.close();
    await space.dispose();
    await wechat.close();
  });

  /** WeChat's page with the QR code: whoever scans it is sent back with a code, or without one. */
  async function scanAs(page: Page, human: WechatHuman | undefined): Promise<void> {
    await page.unroute('https://open.weixin.qq.com/**');
    await page.route('https://open.weixin.qq.com/**', (route) => {
      const asked = new URL(route.request().url()).searchParams;
      const back = new URL(asked.get('redirect_uri') ?? '');
      const code = human && wechat.codeFor(human, 'web');
      const query = new URLSearchParams({
        ...(code ? { code } : {}),
        state: asked.get('state') ?? '',
      });
      const location = `${url}${back.pathname}?${query}`;
      return route.fulfill({ status: 302, headers: { location } });
    });
  }
  const button = (page: Page, name: string | RegExp) =>
    page.getByRole('button', { name, exact: true });

  test('who scans the code is in, and who does not is told so', async () => {
    const { page, complaints } = await openVisit(browser, url, DESKTOP);
    await page.route('https://*.qlogo.cn/**', (route) =>
      route.fulfill({ contentType: 'image/png', body: PICTURE }),
    );
    await scanAs(page, undefined);
    await page.goto('/account');
    await button(page, '微信扫码登录').click();
    await page.getByText('你在微信里没有同意').waitFor();
    await scanAs(page, wechat.human({ nickname: '东坡居士' }));
    await page.goto('/account');
    await button(page, '微信扫码登录').click();
    await button(page, '账户：东坡居士').locator('img').waitFor();
    expect(page.url()).not.toMatch(/code|state/);
    await page.goto('/account');
    await page.getByText(/微信扫码登录.*成功/).waitFor();
    await page.reload();
    await button(page, '账户：东坡居士').waitFor();
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('an account with an address takes up what its WeChat had before', async () => {
    const human = wechat.human({ nickname: '易安' });
    const before = { code: wechat.codeFor(human, 'miniprogram'), client: 'miniprogram' };
    await visit(url).post('/api/auth/wechat-login', before);
    const { login } = await register(url);
    const { page } = await openVisit(browser, url, DESKTOP);
    await page.goto('/account');
    const form = page.getByRole('form', { name: '登录' });
    await form.getByLabel('邮箱').fill(login.user.email ?? '');
    await form.getByLabel('密码').fill('学而时习之 2500');
    await form.getByRole('button', { name: '登录', exact: true }).click();
    await scanAs(page, human);
    await button(page, /绑定/).click();
    await page.getByText('那边的问学和余额会并到这个账号里来').waitFor();
    await button(page, '去微信扫码').click();
    await page.getByText('已绑定', { exact: true }).waitFor();
    await page.context().close();
  });
});
