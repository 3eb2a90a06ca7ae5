import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { z } from 'zod';
import { logIn, WITH_ADMIN } from '../support/administrator.ts';
import { openBrowser } from '../support/browser.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { PASSWORD } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

const prices = z.object({
  items: z.array(
    z.object({ model: z.string(), currency: z.string(), effectiveFrom: z.iso.datetime() }),
  ),
});

/** On a device whose own clock is fourteen hours behind Beijing's. */
async function openElsewhere(browser: Browser, url: string): Promise<Page> {
  const context = await browser.newContext({
    ...{ baseURL: url, locale: 'zh-CN', timezoneId: 'Pacific/Honolulu', reducedMotion: 'reduce' },
  });
  context.setDefaultTimeout(20_000);
  return context.newPage();
}

describeWith('chromium', 'a price set in the browser', () => {
  let browser: Browser;
  let space: ProgramSpace;
  beforeAll(async () => {
    browser = await openBrowser();
    space = await openProgramSpace();
  });
  afterAll(async () => {
    await space.dispose();
    await browser.close();
  });

  test('holds from a moment by the clock of Beijing, in the currency that was named', async () => {
    const program = space.start(WITH_ADMIN);
    await program.ready();
    const url = await program.url();
    const page = await openElsewhere(browser, url);
    await page.goto('/admin/prices');
    const form = page.getByRole('form', { name: '登录' });
    await form.getByLabel('邮箱').fill(WITH_ADMIN.ADMIN_EMAIL);
    await form.getByLabel('密码').fill(PASSWORD);
    await form.getByRole('button', { name: '登录', exact: true }).click();

    await page.getByRole('button', { name: '新定价格', exact: true }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('模型').fill('from-abroad');
    await dialog.getByLabel('生效时间').fill('2099-12-01T01:05');
    await dialog.getByLabel('服务商用的货币').fill('U');
    await dialog.getByRole('button', { name: '定价', exact: true }).click();
    await dialog.getByText('请填三个字母的货币代码').waitFor();
    await dialog.getByLabel('服务商用的货币').fill('usd');
    await dialog.getByLabel('服务商平价 · 读入').fill('0.25');
    await dialog.getByRole('cell', { name: /US\$/ }).waitFor();
    await dialog.getByRole('button', { name: '定价', exact: true }).click();

    await page.getByText('2099年12月1日 01:05 起').waitFor();
    const section = page.getByRole('region', { name: 'from-abroad' });
    await section.getByText('成本', { exact: true }).click();
    await section.getByText('读入 US$0.25').first().waitFor();
    const admin = await logIn(url, WITH_ADMIN.ADMIN_EMAIL);
    const { items } = (await admin.get('/api/admin/prices')).data(prices);
    expect(items).toContainEqual({
      ...{ model: 'from-abroad', currency: 'USD', effectiveFrom: '2099-11-30T17:05:00.000Z' },
    });
  });
});
