import { symlink } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { jest } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { WITH_ADMIN } from '../support/administrator.ts';
import { openBrowser, openVisit, PHONE } from '../support/browser.ts';
import { PASSWORD, register } from '../support/service-client.ts';
import { openSpace, type ServiceSpace } from '../support/service-space.ts';
import { describeWith } from '../support/services.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(120_000);

const BUILT = fileURLToPath(new URL('../../dist', import.meta.url));

async function signIn(page: Page): Promise<void> {
  await page.goto('/admin');
  const form = page.getByRole('form', { name: '登录' });
  await form.getByLabel('邮箱').fill(WITH_ADMIN.ADMIN_EMAIL);
  await form.getByLabel('密码').fill(PASSWORD);
  await form.getByRole('button', { name: '登录', exact: true }).click();
}

describeWith('chromium', 'books that differ, in the browser of an administrator', () => {
  let browser: Browser;
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace('embedded');
    await symlink(BUILT, path.join(space.dataDir, 'dist'));
    service = await space.start(WITH_ADMIN);
    browser = await openBrowser();
  });
  afterAll(async () => {
    await browser.close();
    await space.dispose();
  });

  test('stand before everything else, in words, until somebody has taken note', async () => {
    const learner = await register(service.url);
    const { id } = learner.login.user;
    await service.platform.database.knex('balances').where({ user_id: id }).increment('balance', 1);
    await service.services.reports.reconciliations.reconcile();

    const { page, complaints } = await openVisit(browser, service.url, PHONE);
    await signIn(page);
    const alarm = page.getByRole('alert', { name: '对账有出入' });
    await alarm.waitFor();
    const books = page.getByRole('region', { name: '对账' });
    await books.getByText('余额 20,001，账上 20,000').waitFor();
    expect(await books.textContent()).not.toMatch(/userId|kept|summed/);
    expect(await books.getByRole('link').first().getAttribute('href')).toBe(`/admin/users?q=${id}`);
    await books.getByText('有出入，待查看').waitFor();

    // All pages of the administrator are within the width of a phone.
    const nav = page.getByRole('navigation', { name: '管理' });
    for (const link of await nav.getByRole('link').all()) {
      const box = await link.boundingBox();
      expect((box?.x ?? 0) + (box?.width ?? PHONE.width)).toBeLessThanOrEqual(PHONE.width);
    }

    await alarm.getByRole('button', { name: /^知道了/ }).click();
    await alarm.waitFor({ state: 'detached' });
    await books.getByText('已有人查看').waitFor();
    await page.goto('/admin/audit-log');
    await page.getByRole('main').getByText('查看对账出入', { exact: true }).last().waitFor();
    expect(complaints).toEqual([]);
  });
});
