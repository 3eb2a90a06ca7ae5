import { jest } from '@jest/globals';
import type { Browser, Locator, Page } from 'playwright-core';
import { DESKTOP, openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { eventually } from '../support/eventually.ts';
import { openProgramSpace, type Program, type ProgramSpace } from '../support/program.ts';
import { PASSWORD, someEmail } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(120_000);

const EXAMPLE = '孔子怎么看学习和思考的关系？';
/** What the stand-in calls a conversation that begins with it. */
const TITLE = EXAMPLE.slice(0, 10);
const SOURCE = '学而不思则罔，思而不学则殆';
const FINISHED = 'AI 生成，引文以书库原文为准';

const question = (page: Page) => page.getByRole('article', { name: '提问' });
const answer = (page: Page) => page.getByRole('article', { name: '回答' });
const opened = (page: Page) => page.getByRole('dialog', { name: '原文' });

async function finished(page: Page, count = 1): Promise<Locator> {
  const last = answer(page).nth(count - 1);
  await last.getByText(FINISHED).waitFor();
  expect(await last.getAttribute('aria-busy')).toBe('false');
  return last;
}

/** The page must not scroll sideways: on a phone that is how a layout breaks. */
async function fitsItsWidth(page: Page): Promise<boolean> {
  return page.evaluate('document.documentElement.scrollWidth <= window.innerWidth');
}

describeWith('chromium', 'in the browser', () => {
  let browser: Browser;
  let space: ProgramSpace;
  let program: Program;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    space = await openProgramSpace();
  });
  afterEach(() => space.dispose());

  describe('with a model', () => {
    let deepSeek: DeepSeekStandIn;
    beforeEach(async () => {
      deepSeek = await startDeepSeekStandIn({ defaults: { deltaDelayMs: 30 } });
      program = space.start({ DEEPSEEK_API_KEY: 'sk-test', DEEPSEEK_BASE_URL: deepSeek.url });
      await program.ready();
    });
    afterEach(() => deepSeek.close());

    test('a visitor on a phone taps an example, reads the source, and keeps it all', async () => {
      const { page, complaints } = await openVisit(browser, await program.url(), PHONE);
      await page.goto('/');
      await page.getByRole('button', { name: '登录' }).waitFor();
      await page.getByRole('button', { name: EXAMPLE }).tap();
      await page.locator('article[aria-label="回答"][aria-busy="true"]').waitFor();
      const whole = await finished(page);
      expect(await question(page).textContent()).toContain(EXAMPLE);
      expect(await fitsItsWidth(page)).toBe(true);
      const named = async () => (await page.title()).startsWith(`${TITLE} ·`);
      await eventually('the page has taken over the title that was thought of', named, 20_000);

      const citation = whole.getByRole('button', { name: /^出处 1/ }).first();
      await citation.tap();
      await opened(page).locator('li[aria-current="true"]').getByText(SOURCE).waitFor();
      expect(await opened(page).textContent()).toContain('为政篇');
      expect(await opened(page).getByText('温故而知新').count()).toBeGreaterThan(0);
      await page.keyboard.press('Escape');
      await opened(page).waitFor({ state: 'hidden' });

      await page.getByRole('radio', { name: '繁体' }).check({ force: true });
      await citation.tap();
      await opened(page).locator('li[aria-current="true"]').getByText('學而不思則罔').waitFor();
      await page.keyboard.press('Escape');
      await page.getByRole('radio', { name: '简体' }).check({ force: true });

      await page.reload();
      await finished(page);
      expect(await question(page).textContent()).toContain(EXAMPLE);

      await signUp(page);
      await finished(page);
      await page.goto('/');
      await page.getByRole('button', { name: '打开问学记录' }).tap();
      await page.getByRole('dialog').getByRole('link', { name: TITLE, exact: true }).tap();
      await finished(page);
      expect(complaints).toEqual([]);
      await page.context().close();
    });

    test('an answer goes on while the page is reloaded', async () => {
      deepSeek.enqueue({ deltaDelayMs: 150 });
      const { page, complaints } = await openVisit(browser, await program.url(), DESKTOP);
      await page.goto('/');
      await page.getByRole('button', { name: EXAMPLE }).click();
      await answer(page).getByText(/\S/).first().waitFor();
      await page.reload();
      const whole = await finished(page);
      expect(await whole.getByRole('button', { name: /^出处 1/ }).count()).toBeGreaterThan(0);
      expect(await answer(page).count()).toBe(1);
      expect(deepSeek.requests).toHaveLength(1);
      expect(complaints).toEqual([]);
      await page.context().close();
    });
  });

  test('without a model, at a desk, the offline tutor says what it is and shows the source', async () => {
    program = space.start();
    await program.ready();
    const { page, complaints } = await openVisit(browser, await program.url(), DESKTOP);
    await page.goto('/');
    const box = page.getByRole('textbox', { name: '向国学导师提问' });
    await box.fill('「学而不思则罔」是什么意思？');
    await page.getByRole('button', { name: '发送' }).click();
    const first = await finished(page);
    expect(await first.textContent()).toContain('离线导师');
    await first
      .getByRole('button', { name: /^出处 1/ })
      .first()
      .click();
    await opened(page).locator('li[aria-current="true"]').getByText(SOURCE).waitFor();
    await page.keyboard.press('Escape');
    await opened(page).waitFor({ state: 'hidden' });

    await box.fill('温故而知新，下一句是什么？');
    await box.press('Enter');
    await finished(page, 2);
    expect(await question(page).count()).toBe(2);
    expect(await fitsItsWidth(page)).toBe(true);
    expect(complaints).toEqual([]);
    await page.context().close();
  });
});

async function signUp(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^账户：/ }).tap();
  await page.getByRole('button', { name: '登录 / 注册' }).tap();
  await page.getByRole('button', { name: '还没有账号？注册' }).tap();
  const form = page.getByRole('form', { name: '注册' });
  await form.getByLabel('邮箱').fill(someEmail());
  await form.getByLabel('密码').fill(PASSWORD);
  await form.getByLabel('称呼（可不填）').fill('知新');
  await form.getByRole('button', { name: '注册', exact: true }).tap();
  await page.getByRole('button', { name: '账户：知新' }).waitFor();
}
