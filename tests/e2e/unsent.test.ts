import { jest } from '@jest/globals';
import type { Browser } from 'playwright-core';
import { openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

describeWith('chromium', 'what is written underground', () => {
  let browser: Browser;
  let space: ProgramSpace;
  beforeAll(async () => {
    browser = await openBrowser();
    space = await openProgramSpace();
  });
  afterAll(async () => {
    await browser.close();
    await space.dispose();
  });

  test('is kept through a reload as a draft, and sent by itself once there is a network', async () => {
    const program = space.start();
    await program.ready();
    const { page } = await openVisit(browser, await program.url(), PHONE);
    const context = page.context();
    const box = page.getByRole('textbox', { name: '向国学导师提问' });
    await page.goto('/');
    await page.getByText('未配置语言模型').waitFor();
    await box.fill('写了一半的');
    await page.reload();
    expect(await box.inputValue()).toBe('写了一半的');

    await box.fill('「学而不思则罔」是什么意思？');
    await page.getByRole('button', { name: '发送' }).tap();
    await page.getByRole('article', { name: '回答' }).getByText('AI 生成').waitFor();
    expect(await box.inputValue()).toBe('');

    await context.setOffline(true);
    await box.fill('何为仁？');
    await page.getByRole('button', { name: '发送' }).tap();
    await page.getByText('网络不通，问题已记下').waitFor();
    await context.setOffline(false);
    await page.getByRole('article', { name: '回答' }).nth(1).getByText('AI 生成').waitFor();
    expect(await page.getByRole('article', { name: '提问' }).count()).toBe(2);
    expect(await page.evaluate('document.documentElement.scrollHeight')).toBe(PHONE.height);
    await context.close();
  });
});
