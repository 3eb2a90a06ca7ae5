import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, WITH_ADMIN } from '../support/administrator.ts';
import { pageOf } from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { type Mailbox, openMailbox, PUBLIC_URL } from '../support/mailbox.ts';
import { type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { RunningService } from '../support/start-service.ts';

jest.setTimeout(120_000);

const reconciliation = z.object({
  ...{ id: z.guid(), day: z.string(), kind: z.string(), sound: z.boolean() },
  acknowledgedAt: z.iso.datetime().nullable(),
});
const SUBJECT = '对账有出入：账本';

describeInOneMode('the alarm of the reconciliation', (mode) => {
  let space: ServiceSpace;
  let mailbox: Mailbox;
  let service: RunningService;
  let admin: Learner;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    mailbox = await openMailbox(space);
    service = await space.start({ ...WITH_ADMIN, ...mailbox.environment });
    admin = await asAdmin(service.url);
    learner = await register(service.url);
    // Of these two administrators one has never confirmed an address.
    await knex()('users').where({ email: WITH_ADMIN.ADMIN_EMAIL }).update({ email_verified: true });
    const unconfirmed = await register(service.url);
    await knex()('users').where({ id: unconfirmed.login.user.id }).update({ role: 'admin' });
  });
  afterAll(() => space.dispose());

  const knex = () => service.platform.database.knex;
  const reconcile = () => service.services.reports.reconciliations.reconcile();
  const list = async (query: string) =>
    (await admin.get(`/api/admin/reconciliations?${query}`)).data(pageOf(reconciliation)).items;
  const alarms = () => list('alarms=true');
  const gauge = async () =>
    /^reconciliation_alarms (\S+)$/m.exec(
      await (await fetch(`${service.url}/metrics`)).text(),
    )?.[1];
  const acknowledge = (id: string, by = admin) =>
    by.post(`/api/admin/reconciliations/${id}/acknowledge`);
  const audited = async () =>
    (await knex()('audit_log').where({ action: 'reconciliation.acknowledge' })).length;

  test('is raised where books differ, told to administrators, and stays until one takes note', async () => {
    const id = learner.login.user.id;
    await knex()('balances').where({ user_id: id }).increment('balance', 1);
    await reconcile();
    const { text } = await mailbox.next(WITH_ADMIN.ADMIN_EMAIL, SUBJECT);
    expect(text).toContain(`${PUBLIC_URL}/admin`);
    expect(text).not.toContain(id);
    await knex()('balances').where({ user_id: id }).decrement('balance', 1);
    await reconcile();
    expect(await alarms()).toMatchObject([{ kind: 'ledger', sound: false, acknowledgedAt: null }]);
    expect(await gauge()).toBe('1');
    expect((await mailbox.all()).filter(({ subject }) => subject === SUBJECT)).toHaveLength(1);
  });

  test('ends, on record, with all of its kind before it, but nothing after it', async () => {
    await knex()('balances').where({ user_id: learner.login.user.id }).increment('balance', 1);
    await reconcile();
    await reconcile();
    const [newest, middle, oldest] = await alarms();
    const done = (await acknowledge(middle?.id ?? '')).data(reconciliation);
    expect(done.acknowledgedAt).not.toBeNull();
    expect(await alarms()).toEqual([newest]);
    const first = (await list('kind=ledger')).find(({ id }) => id === oldest?.id);
    expect(first?.acknowledgedAt).toBe(done.acknowledgedAt);
    expect(await audited()).toBe(1);
    // Again, by somebody who has an old page open.
    expect((await acknowledge(middle?.id ?? '')).data(reconciliation)).toEqual(done);
    expect(await audited()).toBe(1);
    await acknowledge(newest?.id ?? '');
    expect([await alarms(), await gauge()]).toEqual([[], '0']);
  });

  test('is not mailed any more once somebody has taken note', async () => {
    const { reconciliations, billingMails } = service.services.reports;
    const { items } = await reconciliations.page(
      { limit: 1, before: undefined },
      { kind: 'ledger' },
    );
    const [row] = await knex()('users').where({ email: WITH_ADMIN.ADMIN_EMAIL }).select('id');
    const mail = { kind: 'books_differ' as const, userId: row.id };
    const { jobs } = service.services.stores;
    await eventually(
      'all mails have gone out',
      async () => (await jobs.unfinished(['send-billing-mail'])) === 0,
      20_000,
    );
    const before = (await mailbox.all()).length;
    await billingMails.deliver({ ...mail, reconciliationId: items[0]?.id ?? '' });
    expect(await mailbox.all()).toHaveLength(before);
  });

  test('can be ended by administrators only, and only where there is one', async () => {
    const [any] = await list('kind=usage');
    expect((await acknowledge(any?.id ?? '', learner)).failure().status).toBe(403);
    expect((await acknowledge(randomUUID())).failure().status).toBe(404);
    expect((await acknowledge('x')).failure().status).toBe(400);
    expect((await acknowledge(any?.id ?? '')).data(reconciliation).acknowledgedAt).toBeNull();
    expect((await admin.get('/api/admin/reconciliations?alarms=yes')).failure().status).toBe(400);
  });
});
