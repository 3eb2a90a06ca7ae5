import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { quotaPeriods } from '../../backend/billing/balance.ts';
import { cleanUp } from '../../tasks/clean-up.ts';
import * as contract from '../support/contract-schemas.ts';
import {
  asGuest,
  asLearner,
  type Learner,
  type Reply,
  register,
} from '../support/service-client.ts';
import { describeInBothModes, describeWithServers } from '../support/service-space.ts';
import { type SeveralServices, startSeveral } from '../support/several-services.ts';

jest.setTimeout(60_000);

const GUEST = { requests: 30, tokens: 100_000 };
const FREE = { requests: 200 };
const QUESTION = { content: '「学而不思则罔」是什么意思？' };

/** Asks in a conversation of its own. */
async function ask(learner: Learner, key?: string): Promise<Reply> {
  const { id } = await learner.openSession();
  const headers: Record<string, string> = key === undefined ? {} : { 'idempotency-key': key };
  return learner.post(`/api/sessions/${id}/messages`, QUESTION, headers);
}

/** As if so many questions had been asked today. */
async function askedBefore(services: SeveralServices, learner: Learner, count: number) {
  await services.first.platform.database.knex('reservations').insert(
    Array.from({ length: count }, () => ({
      ...{ message_id: randomUUID(), user_id: learner.login.user.id, amount: 0 },
      status: 'settled',
    })),
  );
}

/** The refusal names the moment at which it ends, seen between two looks at the clock. */
async function expectRefused(refused: () => Promise<Reply>, period: 'dayEnds' | 'monthEnds') {
  const earliest = new Date();
  const reply = await refused();
  const latest = new Date();
  expect(reply.failure()).toMatchObject({ status: 429, error: 'quota_exceeded' });
  const seconds = Number(reply.headers.get('retry-after'));
  const until = (now: Date) =>
    Math.ceil((quotaPeriods(now)[period].getTime() - now.getTime()) / 1000);
  expect(seconds).toBeLessThanOrEqual(until(earliest));
  expect(seconds).toBeGreaterThanOrEqual(until(latest));
}

describeInBothModes('the quota', (mode) => {
  let services: SeveralServices;
  let guest: Learner;
  beforeAll(async () => {
    services = await startSeveral(mode, { GUEST_GRANT_TOKENS: '200000' });
  });
  beforeEach(async () => {
    guest = await asGuest(services.url());
  });
  afterAll(() => services.dispose());

  const here = (learner: Learner) => asLearner(services.url(), learner.login);
  const setPlan = (learner: Learner, plan: string, until: Date | null) =>
    services.first.platform.database
      .knex('users')
      .where({ id: learner.login.user.id })
      .update({ plan, plan_until: until });
  const forget = (learner: Learner) =>
    services.first.platform.cache.delete(
      `quota:${quotaPeriods().day.toISOString()}:${learner.login.user.id}`,
    );

  test('counts each question, also those that cost nothing', async () => {
    expect((await guest.balance()).quota).toEqual({
      dailyRequests: { used: 0, limit: GUEST.requests },
      monthlyTokens: { used: 0, limit: GUEST.tokens },
    });
    const before = await guest.balance();
    expect((await ask(here(guest))).status).toBe(200);
    expect(await guest.balance()).toMatchObject({
      balance: before.balance,
      quota: { dailyRequests: { used: 1 }, monthlyTokens: { used: 0 } },
    });
  });

  test('has one last place: of many questions at once one gets it', async () => {
    await askedBefore(services, guest, GUEST.requests - 1);
    const replies = await Promise.all(Array.from({ length: 8 }, () => ask(here(guest))));
    expect(replies.filter(({ status }) => status === 200)).toHaveLength(1);
    for (const reply of replies.filter(({ status }) => status !== 200)) {
      expect(reply.failure()).toMatchObject({ status: 429, error: 'quota_exceeded' });
    }
    expect((await guest.balance()).quota.dailyRequests.used).toBe(GUEST.requests);
    expect((await guest.balance()).held).toBe(0);
  });

  test('that is used up says when there will be a new one', async () => {
    await askedBefore(services, guest, GUEST.requests);
    await expectRefused(() => ask(here(guest)), 'dayEnds');
    await expectRefused(() => ask(here(guest)), 'dayEnds');
  });

  test('of tokens is used up by whatever is spent, for the rest of the month', async () => {
    const spend = (amount: number) =>
      guest.post(
        '/api/billing/consume',
        { amount, reason: '朗读' },
        { 'idempotency-key': `${amount}` },
      );
    await spend(GUEST.tokens - 1);
    expect((await ask(here(guest))).status).toBe(200);
    await spend(1);
    await expectRefused(() => ask(here(guest)), 'monthEnds');
  });

  test('that was refused is remembered by all processes, yet the database decides', async () => {
    const { knex } = services.first.platform.database;
    await askedBefore(services, guest, GUEST.requests);
    await expectRefused(() => ask(here(guest)), 'dayEnds');
    await knex('reservations').where({ user_id: guest.login.user.id }).delete();
    for (let n = 0; n < services.processes.length; n += 1) {
      await expectRefused(() => ask(here(guest)), 'dayEnds');
    }
    await forget(guest);
    expect((await ask(here(guest))).status).toBe(200);
    await askedBefore(services, guest, GUEST.requests);
    await expectRefused(() => ask(here(guest)), 'dayEnds');
  });

  test('answers again what it had accepted under a key', async () => {
    const { id } = await guest.openSession();
    const again = () =>
      here(guest).post(`/api/sessions/${id}/messages`, QUESTION, { 'idempotency-key': 'mine' });
    const first = (await again()).data(contract.answer);
    await askedBefore(services, guest, GUEST.requests);
    await expectRefused(() => ask(here(guest)), 'dayEnds');
    await expectRefused(() => ask(here(guest), 'another'), 'dayEnds');
    expect((await again()).data(contract.answer)).toEqual(first);
  });

  test('grows with a plan at once, and shrinks at once when the plan is over', async () => {
    const learner = await register(services.url());
    await askedBefore(services, learner, FREE.requests);
    await expectRefused(() => ask(here(learner)), 'dayEnds');
    const until = new Date(Date.now() + 3_600_000);
    await setPlan(learner, 'vip', until);
    expect((await ask(here(learner))).status).toBe(200);
    const overview = await here(learner).get('/api/user/balance');
    expect(JSON.parse(overview.text).data.quota).toMatchObject({
      ...{ plan: 'vip', planUntil: until.toISOString(), dailyRequests: { limit: 2_000 } },
    });
    await setPlan(learner, 'vip', new Date(Date.now() - 1));
    await expectRefused(() => ask(here(learner)), 'dayEnds');
    const after = await here(learner).get('/api/user/balance');
    expect(JSON.parse(after.text).data.quota).toMatchObject({
      ...{ plan: 'free', planUntil: null, dailyRequests: { limit: FREE.requests } },
    });
    const profile = (await learner.get('/api/user/profile')).data(contract.user);
    expect(profile.plan).toBe('free');
  });

  test('plans that are over are set back, others are left alone', async () => {
    const learners = await Promise.all([1, 2, 3].map(() => register(services.url())));
    const [over, running, endless] = learners as [Learner, Learner, Learner];
    const later = new Date(Date.now() + 3_600_000);
    await setPlan(over, 'vip', new Date(Date.now() - 1));
    await setPlan(running, 'vip', later);
    await setPlan(endless, 'vip', null);
    await cleanUp(services.first.services.stores);
    const rows = await services.first.platform.database
      .knex('users')
      .whereIn(
        'id',
        learners.map(({ login }) => login.user.id),
      )
      .select('id', 'plan', 'plan_until');
    const planOf = ({ login }: Learner) => rows.find(({ id }) => id === login.user.id);
    expect(planOf(over)).toMatchObject({ plan: 'free', plan_until: null });
    expect(planOf(running)).toMatchObject({ plan: 'vip', plan_until: later });
    expect(planOf(endless)).toMatchObject({ plan: 'vip', plan_until: null });
  });
});

describeWithServers('the quota, while Redis is away', () => {
  test('is as exact as before', async () => {
    const services = await startSeveral('services');
    const { proxy, environment } = await services.space.behindProxy('REDIS_URL');
    const cutOff = await services.space.start(environment);
    try {
      const guest = await asGuest(cutOff.url);
      await askedBefore(services, guest, GUEST.requests - 1);
      const { id } = await guest.openSession();
      await proxy.cut();
      const sessions = await Promise.all([1, 2, 3].map(() => guest.openSession()));
      const path = (sessionId: string) => `/api/sessions/${sessionId}/messages`;
      const replies = await Promise.all(
        [{ id }, ...sessions].map((session) => guest.post(path(session.id), QUESTION)),
      );
      expect(replies.filter(({ status }) => status === 429)).toHaveLength(3);
      expect((await guest.balance()).quota.dailyRequests.used).toBe(GUEST.requests);
    } finally {
      await proxy.restore();
      await services.dispose();
    }
  });
});
