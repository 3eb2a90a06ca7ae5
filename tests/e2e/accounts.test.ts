import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { DESKTOP, openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { eventually } from '../support/eventually.ts';
import { openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { PASSWORD, someEmail } from '../support/service-client.ts';
import { describeWith } from '../support/services.ts';

jest.setTimeout(180_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const FINISHED = 'AI 生成，引文以书库原文为准';
const NEW_PASSWORD = '温故而知新 可以为师';
const MAIL_MS = 30_000;

interface Person {
  email: string;
  password: string;
}

const button = (page: Page, name: string | RegExp) =>
  page.getByRole('button', { name, exact: true });
const heading = (page: Page, name: string) => page.getByRole('heading', { name });
const greeted = (page: Page) => button(page, '账户：知新').waitFor();
const visitor = (page: Page) => page.getByRole('banner').getByRole('button', { name: '登录' });
const devices = (page: Page) =>
  page.getByRole('region', { name: '登录的设备' }).getByRole('listitem');

async function askAsGuest(page: Page): Promise<void> {
  await page.goto('/');
  await page.getByRole('textbox', { name: '向国学导师提问' }).fill(QUESTION);
  await button(page, '发送').click();
  await page.getByText(FINISHED).waitFor();
}

async function signUp(page: Page, { email, password }: Person): Promise<void> {
  await button(page, /^账户：/).click();
  await button(page, '登录 / 注册').click();
  await button(page, '还没有账号？注册').click();
  const form = page.getByRole('form', { name: '注册' });
  await form.getByText('会一并带到账号里').waitFor();
  await form.getByLabel('邮箱').fill(email);
  await form.getByLabel('密码').fill(password);
  await form.getByLabel('称呼（可不填）').fill('知新');
  await form.getByRole('button', { name: '注册', exact: true }).click();
  await greeted(page);
}

/** On a page that asks for it, or in the dialog. */
async function signIn(page: Page, { email, password }: Person): Promise<void> {
  const form = page.getByRole('form', { name: '登录' });
  await form.getByLabel('邮箱').fill(email);
  await form.getByLabel('密码').fill(password);
  await form.getByRole('button', { name: '登录', exact: true }).click();
}

/** The mails to an address, as files in the outbox; one whose name has not settled is not there yet. */
function mailsTo(dataDir: string, email: string): string[] {
  const outbox = path.join(dataDir, 'outbox');
  if (!existsSync(outbox)) return [];
  return readdirSync(outbox)
    .filter((name) => name.endsWith('.eml'))
    .sort()
    .map((name) => readFileSync(path.join(outbox, name), 'utf8'))
    .filter((mail) => mail.includes(email));
}

/** Path and query of the newest link to `page`, whatever name the site believes to have. */
async function linkTo(page: string, dataDir: string, email: string): Promise<string> {
  const pattern = new RegExp(`https?://[^\\s"<>]+${page}\\?token=[\\w.-]+`);
  const find = () => mailsTo(dataDir, email).flatMap((mail) => pattern.exec(mail)?.[0] ?? []);
  await eventually(`a mail links to ${page}`, () => find().length > 0, MAIL_MS);
  const { pathname, search } = new URL(find().at(-1) ?? '');
  return pathname + search;
}

async function openLink(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('main').getByRole('heading').waitFor();
  expect(page.url()).not.toContain('token');
}

async function conversationIsThere(page: Page): Promise<void> {
  await page.getByRole('article', { name: '提问' }).getByText(QUESTION).waitFor();
  await page.getByText(FINISHED).waitFor();
}

async function keepsNoSecret(page: Page): Promise<void> {
  const stored = await page.evaluate('JSON.stringify({ ...localStorage, ...sessionStorage })');
  expect(`${stored}`).not.toMatch(/token|eyJ/i);
  const cookies = (await page.context().cookies()).filter(({ name }) => name.includes('refresh'));
  expect(cookies).toHaveLength(1);
  expect(cookies[0]).toMatchObject({ httpOnly: true, sameSite: 'Strict', path: '/api/auth' });
}

describeWith('chromium', 'an account in the browser', () => {
  let browser: Browser;
  let space: ProgramSpace;
  beforeAll(async () => {
    browser = await openBrowser();
  });
  afterAll(() => browser.close());
  beforeEach(async () => {
    space = await openProgramSpace();
  });
  afterEach(() => space.dispose());

  async function start(): Promise<string> {
    const program = space.start({ RATE_LIMIT_DISABLED: '1' });
    await program.ready();
    return program.url();
  }

  test('from a guest’s first question to the closed account', async () => {
    const url = await start();
    const person: Person = { email: someEmail(), password: PASSWORD };
    const { page: desk, complaints } = await openVisit(browser, url, DESKTOP);
    await askAsGuest(desk);
    await signUp(desk, person);
    await conversationIsThere(desk);
    await keepsNoSecret(desk);

    await openLink(desk, await linkTo('/verify-email', space.dataDir, person.email));
    // Who only looks into the mail, as a scanner does, confirms nothing.
    await desk.goto('/account');
    await desk.getByText('未验证', { exact: true }).waitFor();
    await openLink(desk, await linkTo('/verify-email', space.dataDir, person.email));
    await button(desk, '确认邮箱').click();
    await heading(desk, '邮箱已验证').waitFor();
    await desk.getByRole('link', { name: '去我的账户' }).click();
    await desk.getByText('已验证', { exact: true }).waitFor();
    await desk.reload();
    await greeted(desk);

    const { page: phone } = await openVisit(browser, url, PHONE);
    await phone.goto('/account');
    await signIn(phone, person);
    await heading(phone, '登录的设备').waitFor();
    await devices(phone).nth(1).waitFor();
    expect(await devices(phone).count()).toBe(2);

    await desk.reload();
    await devices(desk).nth(1).waitFor();
    await devices(desk).getByRole('button', { name: /退出$/ }).click();
    await devices(desk).nth(1).waitFor({ state: 'hidden' });
    expect(complaints).toEqual([]);
    await phone.reload();
    await heading(phone, '先登录').waitFor();

    await button(phone, '忘记密码？').click();
    await phone.getByLabel('邮箱').fill(person.email);
    await button(phone, '寄信').click();
    await heading(phone, '信已寄出').waitFor();
    await openLink(phone, await linkTo('/reset-password', space.dataDir, person.email));
    await phone.getByRole('textbox', { name: '新密码' }).fill(NEW_PASSWORD);
    await button(phone, '设为新密码').click();
    await heading(phone, '新密码已设好').waitFor();
    await signIn(phone, person);
    await phone.getByRole('alert').getByText('密码').waitFor();
    await signIn(phone, { ...person, password: NEW_PASSWORD });
    await greeted(phone);
    await desk.reload();
    await visitor(desk).waitFor();

    await phone.goto('/account');
    await button(phone, '注销').click();
    await phone.getByLabel('用密码确认').fill(NEW_PASSWORD);
    await button(phone, '我明白，要注销').click();
    await heading(phone, '账号已注销').waitFor();
    await phone.reload();
    await heading(phone, '先登录').waitFor();
    await signIn(phone, { ...person, password: NEW_PASSWORD });
    await greeted(phone);
    await Promise.all([desk.context().close(), phone.context().close()]);
  });

  test('two tabs are always the same person', async () => {
    const url = await start();
    const { page: first, complaints } = await openVisit(browser, url, DESKTOP);
    const second = await first.context().newPage();
    await askAsGuest(first);
    await second.goto('/');
    await button(second, '账户：游客试用').waitFor();
    // A tab behind another one is drawn once a second only.
    await first.bringToFront();
    await signUp(first, { email: someEmail(), password: PASSWORD });
    await greeted(second);
    await button(first, /^账户：/).click();
    await button(first, '退出').click();
    await visitor(first).waitFor();
    await visitor(second).waitFor();
    await second.goto('/account');
    await heading(second, '先登录').waitFor();
    expect(await second.evaluate('localStorage.getItem("guoxue.signedIn")')).toBeNull();
    expect(complaints).toEqual([]);
    await first.context().close();
  });
});
