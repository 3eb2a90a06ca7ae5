import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createTransact } from '../../backend/compose-stores.ts';
import { eventually } from '../support/eventually.ts';
import { holdTokens, priceOneForOne, spendHeldTokens } from '../support/hold-tokens.ts';
import { type Learner, register } from '../support/service-client.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import {
  startWechatStandIn,
  type WechatHuman,
  type WechatStandIn,
} from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

/** Embedded there is one connection, and nothing can come in between. */
describeWithServers('what happens in the middle of a merge', () => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  let human: WechatHuman;
  let other: Learner;
  let learner: Learner;
  beforeAll(async () => {
    space = await openSpace('services');
    wechat = await startWechatStandIn();
    space.beforeDisposal(() => wechat.close());
    service = await space.start(wechat.environment);
    visits = visitsByWechat(service, wechat);
    await priceOneForOne(service.platform.database.knex);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });
  beforeEach(async () => {
    human = wechat.human();
    other = await visits.login(human, 'miniprogram');
    learner = await register(service.url);
  });
  const knex = () => service.platform.database.knex;
  const transact: ReturnType<typeof createTransact> = (work) => createTransact(knex())(work);
  const somebodyWaits = () =>
    eventually('a transaction waits for a lock', async () => {
      const { rows } = await knex().raw(
        `select from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return rows.length > 0;
    });

  test('a login of the other account that is just being renewed gets its token, and is over', async () => {
    const [login] = await service.services.stores.logins.alive(other.login.user.id);
    if (!login) throw new Error('it logged in a moment ago');
    const linking = await transact(async ({ logins, refreshTokens }) => {
      await logins.touch(login.id);
      const started = visits.link(human, 'web', learner);
      await somebodyWaits();
      await refreshTokens.insert({
        tokenHash: randomUUID(),
        familyId: login.id,
        userId: login.userId,
        expiresAt: new Date(Date.now() + 60_000),
      });
      return { started };
    });
    expect((await linking.started).status).toBe(200);
    expect((await other.get('/api/user/profile')).status).toBe(401);
  });

  test('a question that was first makes the merge wait for its answer', async () => {
    const { id } = await other.openSession();
    const linking = await transact(async (within) => {
      await within.sessions.takePositions(id, 2);
      const started = visits.link(human, 'web', learner);
      await somebodyWaits();
      await holdTokens(within, other.login.user.id, randomUUID(), 500);
      return { started };
    });
    expect((await linking.started).failure().error).toBe('generation_in_progress');
    expect(await other.balance()).toMatchObject({ balance: 20_000, held: 500 });
    expect((await learner.balance()).balance).toBe(20_000);
  });

  test('a payment of this account’s own that was first is counted', async () => {
    const answer = randomUUID();
    await transact((within) => holdTokens(within, learner.login.user.id, answer, 500));
    const linking = await transact(async (within) => {
      await spendHeldTokens(within, answer, 400);
      const started = visits.link(human, 'web', learner);
      await somebodyWaits();
      return { started };
    });
    expect((await linking.started).status).toBe(200);
    expect(await learner.balance()).toMatchObject({ balance: 39_600, held: 0 });
  });

  test('a merge that breaks off half way leaves two whole accounts', async () => {
    const pool = knex();
    const linking = await transact(async (within) => {
      await within.balances.credit(learner.login.user.id, 'grant', 1, '试');
      const started = visits.link(human, 'web', learner);
      await somebodyWaits();
      await pool.raw(
        `select pg_terminate_backend(pid) from pg_stat_activity
         where datname = current_database() and wait_event_type = 'Lock'`,
      );
      return { started };
    });
    expect((await linking.started).failure()).toMatchObject({ status: 503, error: 'unavailable' });
    expect((await other.get('/api/user/profile')).status).toBe(200);
    expect(await other.balance()).toMatchObject({ balance: 20_000, held: 0 });
    expect((await learner.balance()).balance).toBe(20_001);
    const audit = await pool('audit_log').where({ target_id: learner.login.user.id });
    expect(audit).toEqual([]);
    expect((await visits.link(human, 'web', learner)).status).toBe(200);
    expect((await learner.balance()).balance).toBe(40_001);
  });
});
