import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { WITH_ADMIN } from '../support/administrator.ts';
import { DESKTOP, openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { PASSWORD } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

/** Not in any book, so that it can only be found where it was put. */
const TEXT = `竹窗随记

卷上

竹窗听雨，宜煮新茶；雪夜围炉，宜读旧史。

石不可以无苔，□□不可以无癖，癖者情之所寄也。

卷下

蜗角之名，蝇头之利，智者见之如浮云过眼。
`;
const QUESTION = '「竹窗听雨，宜煮新茶」出自哪里？';
const FINISHED = 'AI 生成，引文以书库原文为准';

async function signIn(page: Page): Promise<void> {
  await page.goto('/admin/documents');
  const form = page.locator('form');
  await form.getByLabel('邮箱').fill(WITH_ADMIN.ADMIN_EMAIL);
  await form.getByRole('textbox', { name: '密码' }).fill(PASSWORD);
  await form.getByRole('button', { name: '登录' }).click();
  await page.getByRole('heading', { name: '文献', level: 1 }).waitFor();
}

/** Asks in a new conversation and names the sources of the answer. */
async function sourcesOf(page: Page): Promise<string> {
  await page.goto('/');
  await page.getByLabel('向国学导师提问').fill(QUESTION);
  await page.getByRole('button', { name: '发送' }).click();
  const answer = page.getByRole('article', { name: '回答' });
  await answer.getByText(FINISHED).waitFor();
  const sources = await answer.getByRole('button', { name: /^出处 \d/ }).all();
  const names = await Promise.all(sources.map((each) => each.getAttribute('aria-label')));
  return names.join();
}

describeWith('chromium', 'the knowledge base in the browser', () => {
  let browser: Browser;
  let space: ProgramSpace;
  let url: string;
  beforeAll(async () => {
    browser = await openBrowser();
    space = await openProgramSpace();
    const program = space.start(WITH_ADMIN);
    await program.ready();
    url = await program.url();
  });
  afterAll(async () => {
    await browser.close();
    await space.dispose();
  });

  test('an admin adds a book, a learner gets it cited, and no more once it is deleted', async () => {
    const { page, complaints } = await openVisit(browser, url, DESKTOP);
    const learner = await openVisit(browser, url, PHONE);
    await signIn(page);
    const file = { name: '竹窗随记.txt', mimeType: 'text/plain', buffer: Buffer.from(TEXT) };
    await page.locator('input[type="file"]').setInputFiles(file);
    await page.getByRole('heading', { name: '读出了什么' }).waitFor();
    expect(await page.locator('.report-figures').textContent()).toContain('篇2段3');
    await page.getByText('缺字（□）2 处').waitFor();

    await page.getByLabel('第 1 节的篇名').fill('卷上 清课');
    await page.getByRole('button', { name: '应用改动' }).click();
    await page.getByText('第 2 版').waitFor();
    await page.getByRole('heading', { name: '篇目' }).waitFor();
    expect(await page.getByLabel('第 1 节的篇名').inputValue()).toBe('卷上 清课');
    expect(await sourcesOf(learner.page)).not.toContain('竹窗');

    await page.getByRole('button', { name: '发布' }).click();
    await page.getByText('已发布', { exact: true }).waitFor();
    expect(await sourcesOf(learner.page)).toContain('卷上 清课');
    await learner.page
      .getByRole('button', { name: /^出处 1/ })
      .first()
      .tap();
    const opened = learner.page.getByRole('dialog', { name: '原文' });
    await opened.locator('li[aria-current="true"]').getByText('宜煮新茶').waitFor();

    await page.getByRole('link', { name: '去阅读' }).click();
    await page.getByRole('link', { name: '卷上 清课' }).first().waitFor();
    await page.goBack();
    await page.getByRole('button', { name: '删除' }).click();
    await page.getByRole('dialog').getByRole('button', { name: '删除' }).click();
    await page.getByText('还没有文献').waitFor();
    expect(await sourcesOf(learner.page)).not.toContain('竹窗');

    await page.getByRole('link', { name: '任务' }).click();
    await page.getByRole('listitem').filter({ hasText: '收录文献' }).first().waitFor();
    expect([...complaints, ...learner.complaints]).toEqual([]);
  });
});
