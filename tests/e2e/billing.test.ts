import { readFile } from 'node:fs/promises';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { WITH_ADMIN } from '../support/administrator.ts';
import { DESKTOP, openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { PASSWORD, register, someEmail } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const FINISHED = 'AI 生成，引文以书库原文为准';
const WORTH = 30_000;
const GRANT = 1000;

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true });
const transactions = (page: Page) =>
  page.getByRole('region', { name: '流水' }).getByRole('listitem');

async function signIn(page: Page, email: string): Promise<void> {
  const form = page.getByRole('form', { name: '登录' });
  await form.getByLabel('邮箱').fill(email);
  await form.getByLabel('密码').fill(PASSWORD);
  await form.getByRole('button', { name: '登录', exact: true }).click();
}

/** The administrator makes a batch of one and copies its code off the page. */
async function makeCode(page: Page): Promise<string> {
  await page.goto('/admin/redeem-codes');
  await signIn(page, WITH_ADMIN.ADMIN_EMAIL);
  await button(page, '发一批').click();
  await page.getByLabel('多少个').fill('1');
  await page.getByLabel('每个多少词元').fill(`${WORTH}`);
  await page.getByLabel('备注').fill('开卷讲座');
  await button(page, '发放').click();
  const code = await page.getByLabel('兑换码，一行一个').inputValue();
  await button(page, '我已存好').click();
  await page.getByText('开卷讲座').waitFor();
  return code;
}

async function redeem(page: Page, code: string): Promise<void> {
  await page.getByRole('textbox', { name: '兑换码' }).fill(code);
  await button(page, '兑换').click();
}

async function availableOf(page: Page): Promise<number> {
  const leaf = page.getByRole('main').getByRole('region', { name: '余额' });
  const text = await leaf.getByText(/^[\d,]+$/).textContent();
  return Number(text?.replaceAll(',', ''));
}

/** What the receipt under the answer says it cost; its lines must come to that. */
async function readReceipt(page: Page): Promise<number> {
  const summary = page.getByText(/^用了 [\d,]+ 词元$/);
  const cost = Number((await summary.textContent())?.replaceAll(/\D/g, ''));
  await summary.click();
  const rows = page.getByRole('article', { name: '回答' }).getByRole('row');
  const cells = await rows.getByRole('cell').allTextContents();
  const sums = cells.map((text) => Number(text.replace(/[^\d.]/g, '')));
  const [fresh = 0, , freshSum = 0] = sums;
  expect(fresh).toBeGreaterThan(0);
  expect(freshSum).toBeGreaterThan(0);
  expect(sums.at(-1)).toBe(cost);
  return cost;
}

describeWith('chromium', 'the balance in the browser', () => {
  let browser: Browser;
  let deepSeek: DeepSeekStandIn;
  let space: ProgramSpace;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    deepSeek = await startDeepSeekStandIn();
    space = await openProgramSpace();
  });
  afterEach(async () => {
    await space.dispose();
    await deepSeek.close();
  });

  async function start(): Promise<string> {
    const program = space.start({
      ...WITH_ADMIN,
      DEEPSEEK_API_KEY: 'sk-test',
      DEEPSEEK_BASE_URL: deepSeek.url,
      SIGNUP_GRANT_TOKENS: `${GRANT}`,
      RATE_LIMIT_DISABLED: '1',
    });
    await program.ready();
    return program.url();
  }

  test('from a redeem code to the receipt of an answer and the table of it all', async () => {
    const url = await start();
    const email = someEmail();
    await register(url, email);
    const { page: desk } = await openVisit(browser, url, DESKTOP);
    const code = await makeCode(desk);

    const { page: phone, complaints } = await openVisit(browser, url, PHONE);
    await phone.goto('/account/recharge');
    await signIn(phone, email);
    await redeem(phone, `兑换码：${code.toLowerCase().replaceAll('-', ' ')}`);
    await phone.getByText(`${WORTH.toLocaleString('zh-CN')} 词元已到账`).waitFor();
    await button(phone, '好').click();
    await phone.getByRole('link', { name: '余额', exact: true }).click();
    await transactions(phone).nth(1).waitFor();
    expect(await availableOf(phone)).toBe(GRANT + WORTH);

    await phone.goto('/');
    await phone.getByRole('textbox', { name: '向国学导师提问' }).fill(QUESTION);
    await button(phone, '发送').click();
    await phone.getByText(FINISHED).waitFor();
    const cost = await readReceipt(phone);

    await phone.goto('/account/balance');
    await transactions(phone).nth(2).waitFor();
    expect(await availableOf(phone)).toBe(GRANT + WORTH - cost);
    await transactions(phone).first().getByText(`−${cost}`, { exact: true }).waitFor();
    await phone.getByLabel('类型').selectOption('使用');
    await transactions(phone).nth(1).waitFor({ state: 'hidden' });
    await transactions(phone).first().waitFor();
    expect(await transactions(phone).count()).toBe(1);

    const saved = phone.waitForEvent('download');
    await button(phone, '下载 CSV').click();
    const table = await readFile(await (await saved).path());
    expect([...table.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    const lines = table.toString('utf8').trim().split('\r\n');
    expect(lines).toHaveLength(2);
    expect(lines[1]).toContain(`使用,-${cost},`);
    expect(complaints).toEqual([]);

    await phone.goto('/account/recharge');
    await redeem(phone, code);
    await phone.getByRole('alert').getByText('用过').waitFor();
    await desk.goto('/admin/redeem-codes');
    await desk.getByText('1 / 1').waitFor();
    await Promise.all([desk.context().close(), phone.context().close()]);
  });
});
