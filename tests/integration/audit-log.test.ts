import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { asAdmin, auditOf, auditRecord, WITH_ADMIN } from '../support/administrator.ts';
import * as contract from '../support/contract-schemas.ts';
import { type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

describeInOneMode('the audit log', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let admin: Learner;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start(WITH_ADMIN);
    admin = await asAdmin(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const audit = () => service.services.stores.audit;
  const entry = (change: object = {}) => ({
    actorId: admin.login.user.id,
    action: 'test.deed',
    targetType: 'thing',
    targetId: randomUUID(),
    detail: { 学: ['而', 1, null] },
    address: '127.0.0.1',
    ...change,
  });

  test('gives back what was recorded, as it was', async () => {
    const recorded = entry();
    await audit().record(recorded);
    const [found] = await auditOf(admin, `targetId=${recorded.targetId}`);
    expect(found).toMatchObject({ ...recorded, actorName: admin.login.user.nickname });
    const byItself = entry({ actorId: null, address: null });
    await audit().record(byItself);
    const [other] = await auditOf(admin, `targetId=${byItself.targetId}`);
    expect(other).toMatchObject({ ...byItself, actorName: null });
  });

  test('can be asked for a deed, for whoever did it, and for what it was done to', async () => {
    const [action, targetId, actorId] = ['test.found', 'some thing', randomUUID()];
    for (const change of [{ action }, { targetId }, { actorId }, { action, targetId, actorId }]) {
      await audit().record(entry(change));
    }
    const count = async (query: string) => (await auditOf(admin, query)).length;
    expect(await count(`action=${action}`)).toBe(2);
    expect(await count(`targetId=some%20thing`)).toBe(2);
    expect(await count(`actorId=${actorId}`)).toBe(2);
    expect(await count(`actorId=${actorId}&action=${action}&targetId=some%20thing`)).toBe(1);
    expect(await count(`actorId=${actorId}&action=test`)).toBe(0);
    const wrong = (await admin.get('/api/admin/audit-log?actorId=me&limit=0')).failure();
    expect(wrong.details?.map(({ path }) => path).sort()).toEqual(['actorId', 'limit']);
  });

  test('is read newest first, in pages that fit together while more is recorded', async () => {
    const action = 'test.paging';
    const done: string[] = [];
    for (let n = 0; n < 7; n += 1) {
      const next = entry({ action });
      await audit().record(next);
      done.unshift(next.targetId);
    }
    const seen: string[] = [];
    const times: string[] = [];
    let cursor = '';
    for (;;) {
      const reply = await admin.get(`/api/admin/audit-log?limit=3&action=${action}${cursor}`);
      const page = reply.data(contract.pageOf(auditRecord));
      seen.push(...page.items.map(({ targetId }) => targetId));
      times.push(...page.items.map(({ at }) => at));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
      await audit().record(entry({ action }));
    }
    expect([...seen].sort()).toEqual([...done].sort());
    expect(times).toEqual([...times].sort().reverse());
  });

  test('stands or falls with the deed', async () => {
    const { knex } = service.platform.database;
    const target = (await register(service.url)).login.user.id;
    const path = `/api/admin/users/${target}`;
    await knex.raw(`alter table audit_log add constraint broken check (action <> 'user.plan')`);
    const reply = await admin.call('PATCH', path, { plan: 'vip' });
    await knex.raw('alter table audit_log drop constraint broken');
    expect(reply.failure()).toMatchObject({ status: 500, error: 'internal' });
    expect(errorsIn(service)).toEqual([expect.stringContaining('request failed')]);
    service.log.length = 0;
    expect((await admin.get(`/api/admin/users?q=${target}&plan=vip`)).text).toContain('"items":[]');
    expect(await auditOf(admin, `targetId=${target}`)).toEqual([]);
  });

  test.each([
    ['changed', `update audit_log set action = 'nothing.happened'`],
    ['changed without effect', `update audit_log set detail = '{}' where false`],
    ['deleted', 'delete from audit_log'],
    ['emptied', 'truncate audit_log'],
  ])('cannot be %s, not even by the owner of the database', async (_, statement) => {
    const { knex } = service.platform.database;
    await audit().record(entry());
    const before = await knex('audit_log').orderBy('id');
    await expect(knex.raw(statement)).rejects.toThrow('audit_log is append-only');
    expect(await knex('audit_log').orderBy('id')).toEqual(before);
    expect(before.length).toBeGreaterThan(0);
  });
});
