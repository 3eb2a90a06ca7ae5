import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { createTransact } from '../../backend/compose-stores.ts';
import * as contract from '../support/contract-schemas.ts';
import { holdTokens, priceOneForOne, spendHeldTokens } from '../support/hold-tokens.ts';
import { createRandom } from '../support/random.ts';
import { type Learner, register, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startWechatStandIn, type WechatStandIn } from '../support/wechat-stand-in.ts';
import { visitsByWechat, type WechatVisits } from '../support/wechat-visits.ts';

jest.setTimeout(60_000);

describeInOneMode('two accounts that become one', (mode) => {
  let space: ServiceSpace;
  let wechat: WechatStandIn;
  let service: RunningService;
  let visits: WechatVisits;
  beforeAll(async () => {
    space = await openSpace(mode);
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
  const stores = () => service.services.stores;
  const knex = () => service.platform.database.knex;
  const transact: ReturnType<typeof createTransact> = (work) => createTransact(knex())(work);

  test('an account that only WeChat led to becomes part of this one, on record', async () => {
    const human = wechat.human();
    const before = await visits.login(human, 'miniprogram');
    const session = await before.openSession();
    await stores().users.update(before.login.user.id, { plan: 'vip' });
    const learner = await register(service.url);
    const linked = (await visits.link(human, 'web', learner)).data(contract.user);
    expect(linked).toMatchObject({ id: learner.login.user.id, wechatLinked: true, plan: 'vip' });
    expect((await learner.balance()).balance).toBe(40_000);
    expect((await learner.get(`/api/sessions/${session.id}`)).status).toBe(200);
    const history = await learner.get('/api/billing/transactions');
    const [newest] = history.data(contract.pageOf(contract.transaction)).items;
    expect(newest).toMatchObject({ type: 'adjust', amount: 20_000, reason: '并自账号' });
    expect((await visits.login(human, 'miniprogram')).login.user.id).toBe(linked.id);
    expect((await before.get('/api/user/profile')).failure().error).toBe('unauthenticated');
    const { refreshToken } = before.login;
    const refresh = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    expect(refresh.status).toBe(401);
    const gone = await stores().users.byId(before.login.user.id);
    expect(gone).toMatchObject({ mergedInto: linked.id, disabledAt: expect.any(Date) });
    const audit = await knex()('audit_log').where({
      action: 'account.merge',
      target_id: linked.id,
    });
    expect(audit).toMatchObject([
      {
        actor_id: linked.id,
        target_type: 'user',
        detail: { from: gone?.id, amount: 20_000, plan: 'vip' },
        address: '127.0.0.1',
      },
    ]);
    const attempts = await knex()('login_attempts').where({ user_id: linked.id });
    expect(attempts.map(({ method }) => method).sort()).toEqual([
      'register',
      'wechat_miniprogram',
      'wechat_miniprogram',
    ]);
  });

  const DAYS = 86_400_000;
  test.each<
    [string, number | null | undefined, number | null | undefined, number | null | undefined]
  >([
    ['the time that was left of both', 10, 30, 40],
    ['what was left of the one that goes', 10, undefined, 10],
    ['what was left of the one that goes, when the other is over', 10, -1, 10],
    ['the own time, when the other is over', -1, 30, 30],
    ['the own time, when the other had none', undefined, 30, 30],
    ['no end, when the one that goes had none', null, 30, null],
    ['no end, when the one that stays had none', 10, null, null],
    ['no plan, when both are over', -1, -2, undefined],
  ])('the plan of both comes to %s', async (_, gone, own, sum) => {
    const human = wechat.human();
    const other = await visits.login(human, 'miniprogram');
    const learner = await register(service.url);
    const now = Date.now();
    const until = (days: number | null) => (days === null ? null : new Date(now + days * DAYS));
    for (const [{ login }, days] of [
      [other, gone],
      [learner, own],
    ] as const) {
      if (days === undefined) continue;
      await stores().users.update(login.user.id, { plan: 'vip', planUntil: until(days) });
    }
    expect((await visits.link(human, 'web', learner)).status).toBe(200);
    const merging = Date.now() - now;
    const { quota } = (await learner.get('/api/user/balance')).data(
      z.object({ quota: z.object({ plan: z.string(), planUntil: z.string().nullable() }) }),
    );
    expect(quota.plan).toBe(sum === undefined ? 'free' : 'vip');
    if (typeof sum !== 'number') return expect(quota.planUntil).toBeNull();
    // Adding what is left takes off the time that passed since the ends were set.
    const short = now + sum * DAYS - Date.parse(quota.planUntil ?? '');
    expect(short).toBeGreaterThanOrEqual(0);
    expect(short).toBeLessThanOrEqual(sum === 40 ? merging : 0);
  });

  test('merging neither makes nor loses a token, whatever anybody had', async () => {
    const random = createRandom(20_261_121);
    const total = async () =>
      Number((await knex()('balances').sum({ total: 'balance' }))[0]?.total);
    for (let round = 0; round < 6; round += 1) {
      const learner = await register(service.url);
      const human = wechat.human({ unionid: random.below(2) ? `u${randomUUID()}` : null });
      const kinds = random.pick([['web'], ['miniprogram'], ['web', 'miniprogram']] as const);
      for (const kind of kinds) {
        const { id } = (await visits.login(human, kind)).login.user;
        const amount = random.pick([-20_000, -19_999, 0, 1, 123_456]);
        const { balance } = await stores().balances.read(id);
        const about = { userId: id, reason: '试', reference: randomUUID() };
        await transact(async ({ ledger }) => {
          await ledger.lock(id);
          await ledger.post(journals.adjust(Math.max(amount, -balance), about));
        });
      }
      const before = await total();
      const own = await learner.balance();
      const replies = await Promise.all(kinds.map((kind) => visits.link(human, kind, learner)));
      expect(replies.map(({ status }) => status)).toEqual(kinds.map(() => 200));
      expect(await total()).toBe(before);
      expect((await learner.balance()).balance).toBeGreaterThanOrEqual(own.balance);
      const { rows } = await knex().raw(
        `select balance, (select coalesce(sum(amount), 0) from ledger_entries as entry
           where entry.user_id = balances.user_id) as entries from balances`,
      );
      for (const row of rows) expect(Number(row.entries)).toBe(Number(row.balance));
      const { id } = learner.login.user;
      const others = await knex()('users').where({ merged_into: id }).pluck('id');
      for (const other of others) {
        expect(await stores().balances.read(other)).toEqual({ balance: 0, held: 0 });
      }
    }
  });

  test('while the other account’s answer is being written, linking waits', async () => {
    const human = wechat.human();
    const other = await visits.login(human, 'web');
    const session = await other.openSession();
    const answer = randomUUID();
    await transact((within) => holdTokens(within, other.login.user.id, answer, 300));
    const learner = await register(service.url);
    const refused = (await visits.link(human, 'web', learner)).failure();
    expect(refused).toMatchObject({ status: 409, error: 'generation_in_progress' });
    expect((await other.get(`/api/sessions/${session.id}`)).status).toBe(200);
    expect(await other.balance()).toMatchObject({ balance: 20_000, held: 300 });
    await transact(({ charges }) => charges.release(answer));
    expect((await visits.link(human, 'web', learner)).status).toBe(200);
    expect((await learner.balance()).balance).toBe(40_000);
  });

  test('questions asked while accounts become one are answered or refused, and nothing hangs', async () => {
    for (let round = 0; round < 3; round += 1) {
      const human = wechat.human();
      const other = await visits.login(human, 'web');
      const learner = await register(service.url);
      const sessions = await Promise.all([other, other, learner].map((each) => each.openSession()));
      const ask = (asker: Learner, index: number) =>
        asker.post(`/api/sessions/${sessions[index]?.id}/messages`, { content: '何谓仁？' });
      const [linked, ...answers] = await Promise.all([
        visits.link(human, 'web', learner),
        ask(other, 0),
        ask(other, 1),
        ask(learner, 2),
      ]);
      expect([200, 409]).toContain(linked.status);
      for (const { status } of answers) expect([200, 401, 404]).toContain(status);
      expect(answers[2]?.status).toBe(200);
    }
  });

  test('answers that are paid for while accounts become one are paid for once', async () => {
    for (let round = 0; round < 5; round += 1) {
      const human = wechat.human();
      await visits.login(human, 'web');
      const learner = await register(service.url);
      const answers = Array.from({ length: 4 }, () => randomUUID());
      const { id } = learner.login.user;
      for (const answer of answers) {
        await transact((within) => holdTokens(within, id, answer, 100));
      }
      const [linked] = await Promise.all([
        visits.link(human, 'miniprogram', learner),
        ...answers.map((answer) => transact((within) => spendHeldTokens(within, answer, 60))),
      ]);
      expect(linked.status).toBe(200);
      expect(await learner.balance()).toMatchObject({ balance: 40_000 - 4 * 60, held: 0 });
    }
  });

  test('two with addresses of their own stay apart when WeChat calls them one', async () => {
    const human = wechat.human({ unionid: null });
    const [one, other] = [await register(service.url), await register(service.url)];
    expect((await visits.link(human, 'web', one)).status).toBe(200);
    expect((await visits.link(human, 'miniprogram', other)).status).toBe(200);
    const bound = { ...human, unionid: `u${randomUUID()}` };
    for (const _ of ['once', 'again']) {
      expect((await visits.login(bound, 'web')).login.user.id).toBe(one.login.user.id);
      expect((await visits.login(bound, 'miniprogram')).login.user.id).toBe(other.login.user.id);
    }
    expect(service.log).toContainEqual(
      expect.objectContaining({ level: 40, msg: 'one WeChat person has two accounts' }),
    );
    expect((await one.balance()).balance).toBe(20_000);
  });

  test('of two that WeChat calls one, the one with an address takes the other in', async () => {
    const human = wechat.human({ unionid: null });
    const older = await visits.login(human, 'miniprogram');
    const learner = await register(service.url);
    expect((await visits.link(human, 'web', learner)).status).toBe(200);
    const bound = { ...human, unionid: `u${randomUUID()}` };
    expect((await visits.login(bound, 'web')).login.user.id).toBe(learner.login.user.id);
    const one = await visits.login(bound, 'miniprogram');
    expect(one.login.user).toMatchObject({ id: learner.login.user.id, wechatLinked: true });
    expect((await one.balance()).balance).toBe(40_000);
    expect((await older.get('/api/user/profile')).status).toBe(401);
  });
});
