import { jest } from '@jest/globals';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { WITH_ADMIN } from '../support/administrator.ts';
import { DESKTOP, openBrowser, openVisit, PHONE } from '../support/browser.ts';
import type { DeepSeekBehaviour } from '../support/deepseek-completion.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { PASSWORD } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

const QUESTION = '「学而不思则罔」是什么意思？';
/** Every piece of it says where it belongs. */
const TEXT = Array.from({ length: 240 }, (_, at) => `第${at}句，`).join('');
const DISCONNECTED = /ERR_INTERNET_DISCONNECTED|ERR_NETWORK_CHANGED/;

const question = (page: Page) => page.getByRole('article', { name: '提问' });
const answer = (page: Page) => page.getByRole('article', { name: '回答' });
const button = (within: Page | Locator, name: string | RegExp) =>
  within.getByRole('button', { name, exact: true });
const writing = (page: Page) => page.locator('article[aria-label="回答"][aria-busy="true"]');
const prose = (page: Page) => page.locator('.prose');

async function ended(page: Page): Promise<void> {
  await writing(page).waitFor({ state: 'detached', timeout: 60_000 });
  await answer(page).getByText('AI 生成，引文以书库原文为准').waitFor();
}

/** Waits for the question to stand there, not for its answer being written: a short one may be over by then. */
async function ask(page: Page, content: string): Promise<void> {
  const asked = await question(page).count();
  const box = page.getByRole('textbox', { name: '向国学导师提问' });
  await box.fill(content);
  await button(page, '发送').click();
  await question(page).nth(asked).waitFor();
}

/** Looks at every change of the answer: whatever stands there must be the beginning of the whole. */
async function watchText(context: BrowserContext): Promise<void> {
  await context.addInitScript({
    content: `
      window.wrong = [];
      const whole = ${JSON.stringify(TEXT)};
      const look = () => {
        const text = document.querySelector('.prose')?.textContent ?? '';
        if (!whole.startsWith(text.trim())) window.wrong.push(text);
      };
      document.addEventListener('DOMContentLoaded', () => {
        const all = { subtree: true, childList: true, characterData: true };
        new MutationObserver(look).observe(document.body, all);
      });`,
  });
}

const written = async (page: Page) =>
  (await prose(page).textContent({ timeout: 5000 }))?.length ?? 0;

/** Waits until much more of the answer stands there than before. */
async function grown(page: Page, from: number): Promise<void> {
  for (const end = Date.now() + 20_000; Date.now() < end; ) {
    if ((await written(page)) > from + 60) return;
    await page.waitForTimeout(30);
  }
  throw new Error(`nothing new after ${from} characters`);
}

describeWith('chromium', 'a conversation in the browser', () => {
  let browser: Browser;
  let deepSeek: DeepSeekStandIn | undefined;
  let space: ProgramSpace;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    space = await openProgramSpace();
  });
  afterEach(async () => {
    await space.dispose();
    await deepSeek?.close();
  });

  async function open(behaviour: DeepSeekBehaviour = {}, size = PHONE) {
    deepSeek = await startDeepSeekStandIn({
      defaults: { deltaDelayMs: 12, deltaLength: 3, text: TEXT, ...behaviour },
    });
    const program = space.start({
      ...{ DEEPSEEK_API_KEY: 'sk-test', DEEPSEEK_BASE_URL: deepSeek.url },
      ...WITH_ADMIN,
    });
    await program.ready();
    const url = await program.url();
    return { url, ...(await openVisit(browser, url, size)) };
  }

  test('goes on through a reload and a cut network, and not a character is lost or doubled', async () => {
    const { page, complaints } = await open({ deltaDelayMs: 30 });
    const context = page.context();
    await watchText(context);
    await page.goto('/');
    await ask(page, QUESTION);
    await grown(page, 0);

    await page.reload();
    await writing(page).waitFor();
    await grown(page, await written(page));

    await context.setOffline(true);
    await page.getByText('网络中断，正在续接…').first().waitFor();
    const cutAt = await written(page);
    await page.waitForTimeout(1500);
    expect(await written(page)).toBe(cutAt);
    await context.setOffline(false);
    await grown(page, cutAt);
    await page.getByText('网络中断，正在续接…').first().waitFor({ state: 'detached' });

    await ended(page);
    expect(await prose(page).textContent()).toBe(TEXT);
    await page.reload();
    await ended(page);
    expect(await prose(page).textContent()).toBe(TEXT);
    expect(await question(page).count()).toBe(1);
    expect(await page.evaluate('window.wrong')).toEqual([]);
    expect(complaints.filter((complaint) => !DISCONNECTED.test(complaint))).toEqual([]);
    await context.close();
  });

  test('is stopped, answered anew, marked, criticised and found again; the criticism is read', async () => {
    const { page, url, complaints } = await open();
    await page.goto('/');
    await button(page, /^方式：/).tap();
    await button(page, /^精讲/).tap();
    await ask(page, QUESTION);
    await grown(page, 0);
    await button(page, '停止回答').tap();
    await answer(page)
      .getByText(/^已停止/)
      .waitFor();
    const stopped = await written(page);

    await button(answer(page), '重新回答').tap();
    await button(page, /^重新回答.+/).tap();
    await page.getByText('第 2 次回答，共 2 次').waitFor({ state: 'attached' });
    await ended(page);
    expect(await prose(page).textContent()).toBe(TEXT);
    expect(await question(page).count()).toBe(1);
    await button(page, '上一次回答').tap();
    await answer(page)
      .getByText(/^已停止/)
      .waitFor();
    expect(await written(page)).toBe(stopped);
    await button(page, '下一次回答').tap();
    await page.getByText('第 2 次回答，共 2 次').waitFor({ state: 'attached' });

    await button(answer(page), '收藏').tap();
    await page.getByText('已收藏').waitFor();
    await button(answer(page), '答得不好').tap();
    const dialog = page.getByRole('dialog', { name: '说说这个回答' });
    await dialog.getByLabel('评语（可不填）').fill('太长了');
    await button(dialog, '交给老师').tap();
    await dialog.waitFor({ state: 'detached' });
    await page.reload();
    await ended(page);
    for (const name of ['收藏', '答得不好']) {
      expect(await button(answer(page), name).getAttribute('aria-pressed')).toBe('true');
    }

    await page.goto('/favorites');
    await page.getByRole('main').getByRole('listitem').getByRole('link').tap();
    await ended(page);
    await page.waitForURL(/\/s\/[^?]+$/);

    await readFeedback(await openVisit(browser, url, DESKTOP));
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('goes on with what suggests itself: the rest of a long answer, the next question', async () => {
    const text = '《论语》说「学而不思则罔」[1]，意思是光学不想就会迷惘。';
    const { page, complaints } = await open({ text, finishReason: 'length' });
    await page.goto('/');
    await ask(page, QUESTION);
    await page.getByText('回答到长度上限').waitFor();
    await button(page, '继续').tap();
    await answer(page).nth(1).getByText('回答到长度上限').waitFor();
    expect(await question(page).nth(1).textContent()).toContain('继续');
    expect(await page.getByText('回答到长度上限').count()).toBe(1);

    await ask(page, QUESTION);
    const chip = page.getByRole('region', { name: '接着问' }).getByRole('button').first();
    const suggested = (await chip.textContent()) ?? '';
    await chip.tap();
    await question(page).nth(3).waitFor();
    expect(await question(page).nth(3).textContent()).toContain(suggested);
    await answer(page).nth(3).getByText('AI 生成').waitFor();

    await button(page, '打开问学记录').tap();
    const drawer = page.getByRole('dialog', { name: '问学记录' });
    await button(drawer, /的更多$/).tap();
    await button(drawer, '导出').waitFor();
    await page.keyboard.press('Escape');
    await button(drawer, '导出').waitFor({ state: 'detached' });
    expect(await drawer.isVisible()).toBe(true);
    expect(await page.locator(':focus').getAttribute('aria-label')).toMatch(/的更多$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });

  test('can be put away, found by what was said, and a question taken back', async () => {
    const { page, complaints } = await open({}, DESKTOP);
    await page.goto('/');
    await ask(page, QUESTION);
    await grown(page, 0);
    await button(page, /^撤回「/).click();
    await question(page).waitFor({ state: 'detached' });
    expect(await answer(page).count()).toBe(0);
    const box = page.getByRole('textbox', { name: '向国学导师提问' });
    expect(await box.inputValue()).toBe(QUESTION);
    await button(page, '发送').click();
    await question(page).waitFor();
    await ended(page);

    const sessions = page.getByRole('navigation', { name: '问学记录' }).getByRole('listitem');
    await sessions.hover();
    await button(sessions, /的更多$/).click();
    await button(page, '收起来').click();
    await sessions.waitFor({ state: 'detached' });
    await page.getByRole('searchbox', { name: '查找问学' }).fill('第200句');
    await sessions.getByText('第200句').waitFor();
    await page.getByRole('searchbox', { name: '查找问学' }).fill('');
    await button(page, '收起的').click();
    await sessions.waitFor();
    const download = page.waitForEvent('download');
    await sessions.hover();
    await button(sessions, /的更多$/).click();
    await button(page, '导出').click();
    expect((await download).suggestedFilename()).toMatch(/\.md$/);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

async function readFeedback({ page, complaints }: { page: Page; complaints: string[] }) {
  await page.goto('/admin/feedback?rating=down');
  const form = page.getByRole('form', { name: '登录' });
  await form.getByLabel('邮箱').fill(WITH_ADMIN.ADMIN_EMAIL);
  await form.getByLabel('密码').fill(PASSWORD);
  await button(form, '登录').click();
  const entry = page.getByRole('listitem').filter({ hasText: '太长了' });
  expect(await entry.textContent()).toContain(QUESTION);
  await button(entry, /^标为已处理/).click();
  await button(entry, /^改回未处理/).waitFor();
  await page.getByLabel('处理', { exact: true }).selectOption({ label: '未处理' });
  await page.getByText('没有这样的评价。').waitFor();
  expect(complaints).toEqual([]);
  await page.context().close();
}
