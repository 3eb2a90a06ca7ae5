import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { openShop, ownOrder, type Shop } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import { sendNotice } from '../support/wechat-pay-stand-in.ts';
import type { StandInRefund } from '../support/wechat-pay-till.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;
const refundSchema = z.object({
  id: z.uuid(),
  refundNo: z.string(),
  amountFen: z.int(),
  tokens: z.int(),
  status: z.enum(['pending', 'succeeded', 'failed']),
});
const reply = z.object({ refund: refundSchema, order: ownOrder });

describeInOneMode('refunds', (mode) => {
  let shop: Shop;
  let admin: Learner;
  let buyer: Learner;
  let paid: Awaited<ReturnType<Shop['order']>>;
  beforeAll(async () => {
    shop = await openShop(mode);
    admin = await shop.admin();
  });
  beforeEach(async () => {
    buyer = await shop.buyer();
    paid = await shop.order(buyer);
    await shop.payFor(paid.tradeNo);
    shop.service.log.length = 0;
  });
  afterAll(() => shop.close());

  const ask = (body: object = {}, key: string = randomUUID(), orderId = paid.order.id) =>
    admin.post(
      `/api/admin/orders/${orderId}/refund`,
      { reason: '学习者改变主意', ...body },
      { 'idempotency-key': key },
    );
  const balance = async () => (await buyer.balance()).balance;
  const settle = async (refundNo: string, status: StandInRefund['status']) => {
    const known = shop.wechat.refunds.get(refundNo);
    if (!known) throw new Error(`no refund ${refundNo}`);
    known.status = status;
    // As long ago as it takes to be asked about again.
    await shop.service.platform.database.knex('refunds').update({ queried_at: null });
    await shop.service.services.recharge.refundSettling.settleDue();
  };
  const noticeOf = (refundNo: string, status: string) =>
    shop.wechat.notice(
      {
        ...{ mchid: shop.wechat.merchant.mchId, out_refund_no: refundNo, refund_status: status },
        ...{ out_trade_no: paid.tradeNo, refund_id: '50000000382019052709732678859' },
      },
      { event: `REFUND.${status}` },
    );
  const refundOf = (id: string) =>
    shop.service.platform.database.knex('refunds').where({ id }).first();
  const spend = (amount: number) =>
    buyer.post(
      '/api/billing/consume',
      { amount, reason: '用掉' },
      { 'idempotency-key': randomUUID() },
    );

  test('the tokens go back at once, the money when WeChat Pay says so', async () => {
    const begun = (await ask()).data(reply);
    expect(begun.refund).toMatchObject({
      status: 'pending',
      amountFen: paid.order.amountFen,
      tokens: paid.order.tokens,
    });
    expect(await balance()).toBe(WELCOME);
    expect(await shop.postings(buyer)).toEqual([
      { type: 'refund', amount: -paid.order.tokens, reason: '退款：学习者改变主意' },
      { type: 'recharge', amount: paid.order.tokens, reason: '充值：初学' },
    ]);
    expect(shop.wechat.refunds.get(begun.refund.refundNo)).toMatchObject({
      refund: paid.order.amountFen,
      transaction_id: shop.wechat.orderOf(paid.tradeNo).transactionId,
    });
    await settle(begun.refund.refundNo, 'SUCCESS');
    const state = await shop.stateOf(buyer, paid.order.id);
    expect(state).toMatchObject({ status: 'refunded', refundedFen: paid.order.amountFen });
    expect((await ask()).failure()).toMatchObject({ status: 409, error: 'conflict' });
  });

  test('who has little left after it is told, once', async () => {
    const { id } = buyer.login.user;
    const { knex } = shop.service.platform.database;
    await knex('users').where({ id }).update({ email_verified: true });
    await spend(WELCOME - 1_500);
    const key = randomUUID();
    for (const _ of ['once', 'again']) expect((await ask({}, key)).status).toBe(200);
    const mails = await knex('jobs').where({ kind: 'send-billing-mail' });
    expect(mails.filter(({ payload }) => payload.userId === id)).toHaveLength(1);
  });

  test('a notice says so sooner, and as often as it likes', async () => {
    const { refundNo } = (await ask()).data(reply).refund;
    for (let time = 0; time < 2; time += 1) {
      const answer = await sendNotice(shop.service.url, noticeOf(refundNo, 'SUCCESS'));
      expect(answer.status).toBe(200);
    }
    expect((await shop.stateOf(buyer, paid.order.id)).status).toBe('refunded');
    // A later word to the contrary changes nothing.
    await sendNotice(shop.service.url, noticeOf(refundNo, 'CLOSED'));
    expect((await shop.stateOf(buyer, paid.order.id)).status).toBe('refunded');
    expect(await balance()).toBe(WELCOME);
  });

  test('parts of it, in proportion, sum up to the whole', async () => {
    const amounts = [1, 199, 133, 267];
    const taken: number[] = [];
    for (const amountFen of amounts) {
      const { refund } = (await ask({ amountFen })).data(reply);
      taken.push(refund.tokens);
      await settle(refund.refundNo, 'SUCCESS');
    }
    expect(taken).toEqual([500, 99_500, 66_500, 133_500]);
    expect(await balance()).toBe(WELCOME);
    expect(await shop.stateOf(buyer, paid.order.id)).toMatchObject({
      status: 'refunded',
      refundedFen: 600,
    });
  });

  test('more than is left is refused, however it is asked', async () => {
    await ask({ amountFen: 400 });
    const both = await Promise.all([ask({ amountFen: 200 }), ask({ amountFen: 200 })]);
    expect(both.map(({ status }) => status).sort()).toEqual([200, 409]);
    expect((await ask({ amountFen: 1 })).failure().message).toContain('最多还能退 0 分');
    for (const amountFen of [0, -1, 1.5, '600']) {
      expect((await ask({ amountFen })).failure().status).toBe(400);
    }
    expect(await balance()).toBe(WELCOME);
  });

  test('what was spent meanwhile is missing, and how much it is, is said', async () => {
    await spend(WELCOME + 1_234);
    const failure = (await ask()).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    expect(failure.message).toContain('1234');
    expect(await shop.postings(buyer)).toHaveLength(1);
    const part = (await ask({ amountFen: 500 })).data(reply);
    expect(part.refund.tokens).toBe(250_000);
  });

  test('the same key means the same refund, also after the reply was forgotten', async () => {
    const key = randomUUID();
    const first = (await ask({ amountFen: 100 }, key)).data(reply);
    await shop.service.platform.database.knex('idempotency_keys').delete();
    const again = await Promise.all([ask({ amountFen: 100 }, key), ask({ amountFen: 100 }, key)]);
    for (const each of again) expect(each.data(reply).refund.id).toBe(first.refund.id);
    expect((await ask({ amountFen: 200 }, key)).failure()).toMatchObject({
      status: 409,
      error: 'idempotency_conflict',
    });
    expect(await balance()).toBe(WELCOME + 250_000);
  });

  test('it needs a key, and a key stands for all that was asked', async () => {
    const path = `/api/admin/orders/${paid.order.id}/refund`;
    const without = (await admin.post(path, { reason: '没有键' })).failure();
    expect(without).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(without.details).toMatchObject([{ path: 'Idempotency-Key' }]);
    const key = randomUUID();
    const { refund } = (await ask({}, key)).data(reply);
    expect(refund.amountFen).toBe(600);
    // As much, but not what was asked for.
    for (const body of [{ amountFen: 600 }, { amountFen: 100 }, { reason: '另一个事由' }]) {
      expect((await ask(body, key)).failure()).toMatchObject({
        status: 409,
        error: 'idempotency_conflict',
      });
    }
    expect((await ask({}, key)).data(reply).refund.id).toBe(refund.id);
    const rows = await shop.service.platform.database
      .knex('refunds')
      .where({ order_id: paid.order.id });
    expect(rows).toMatchObject([{ amount_fen: 600, asked_fen: null }]);
  });

  test('the other way round, too: so many fen are not all that is left', async () => {
    const key = randomUUID();
    await ask({ amountFen: 600 }, key);
    expect((await ask({}, key)).failure().error).toBe('idempotency_conflict');
  });

  test.each(['cut', { status: 500, code: 'SYSTEM_ERROR' }, 'wrong signature'] as const)(
    'when WeChat Pay does not answer (%s) the refund goes on later, once',
    async (fault) => {
      shop.wechat.fail('refund', fault);
      const { refund } = (await ask()).data(reply);
      expect(refund.status).toBe('pending');
      await shop.service.platform.database.knex('refunds').update({ queried_at: null });
      const { refundSettling } = shop.service.services.recharge;
      await Promise.all([refundSettling.settleDue(), refundSettling.settleDue()]);
      const given = [...shop.wechat.refunds.values()].filter(
        ({ transaction_id }) => transaction_id === shop.wechat.orderOf(paid.tradeNo).transactionId,
      );
      expect(given.map(({ out_refund_no }) => out_refund_no)).toEqual([refund.refundNo]);
      await settle(refund.refundNo, 'SUCCESS');
      expect((await shop.stateOf(buyer, paid.order.id)).status).toBe('refunded');
      expect(await balance()).toBe(WELCOME);
    },
  );

  test('one that WeChat Pay refuses gives the tokens back, and may be tried anew', async () => {
    shop.wechat.fail('refund', { status: 403, code: 'NOT_ENOUGH' });
    const { refund, order } = (await ask()).data(reply);
    expect({ refund: refund.status, order: order.status }).toEqual({
      refund: 'failed',
      order: 'paid',
    });
    expect(await balance()).toBe(WELCOME + paid.order.tokens);
    expect((await shop.postings(buyer))[0]).toEqual({
      type: 'adjust',
      amount: paid.order.tokens,
      reason: '退款没有成功，词元退还',
    });
    expect(errorsIn(shop.service).map((line) => line.split(':')[0])).toContain(
      'a refund failed, its tokens were given back',
    );
    expect((await ask()).data(reply).refund.status).toBe('pending');
    expect(await balance()).toBe(WELCOME);
  });

  test('a refusal of what had been accepted before is none', async () => {
    const { refund } = (await ask()).data(reply);
    shop.wechat.fail('refund', { status: 400, code: 'INVALID_REQUEST' });
    const row = await refundOf(refund.id);
    const { refundSettling, refundsOf } = shop.service.services.recharge;
    const [known] = await refundsOf([row.order_id]);
    if (!known) throw new Error('no refund');
    expect((await refundSettling.submit(known)).status).toBe('pending');
  });

  test('one that is closed gives the tokens back once; a stuck one waits and calls for help', async () => {
    const first = (await ask()).data(reply).refund;
    await settle(first.refundNo, 'ABNORMAL');
    expect((await refundOf(first.id)).status).toBe('pending');
    expect(errorsIn(shop.service)).toEqual([expect.stringContaining('a refund is stuck')]);
    expect(await balance()).toBe(WELCOME);
    await Promise.all([
      settle(first.refundNo, 'CLOSED'),
      sendNotice(shop.service.url, noticeOf(first.refundNo, 'CLOSED')),
    ]);
    expect((await refundOf(first.id)).status).toBe('failed');
    expect(await balance()).toBe(WELCOME + paid.order.tokens);
  });

  describe('of an order with a plan', () => {
    const users = () =>
      shop.service.platform.database.knex('users').where({ id: buyer.login.user.id });
    const DAY_MS = 86_400_000;
    const plan = async () => {
      const { plan, plan_until } = await users().first('plan', 'plan_until');
      return { plan, until: plan_until?.getTime() ?? null };
    };
    let vip: Awaited<ReturnType<Shop['order']>>;
    const give = async (body: object = {}) =>
      (await ask(body, randomUUID(), vip.order.id)).data(reply).refund;
    const secondsOf = async (id: string) => (await refundOf(id)).plan_seconds;
    beforeEach(async () => {
      vip = await shop.order(buyer, { packageId: shop.packageNamed('会员一月').id });
      await shop.payFor(vip.tradeNo);
    });

    test('its time goes too, to the second, and comes back with a failed refund', async () => {
      // Another month behind it, so that all of this one is still there.
      const until = new Date(Date.now() + 62 * DAY_MS);
      await users().update({ plan_until: until });
      const refund = await give();
      expect(await secondsOf(refund.id)).toBe(31 * 86_400);
      expect(await plan()).toEqual({ plan: 'vip', until: until.getTime() - 31 * DAY_MS });
      await settle(refund.refundNo, 'CLOSED');
      expect(await plan()).toEqual({ plan: 'vip', until: until.getTime() });
    });

    test('no more of it than is left, and no more comes back than was taken', async () => {
      const until = Date.now() + 10 * DAY_MS;
      await users().update({ plan_until: new Date(until) });
      const refund = await give();
      const taken = await secondsOf(refund.id);
      expect(10 * 86_400 - taken).toBeGreaterThanOrEqual(0);
      expect(10 * 86_400 - taken).toBeLessThan(60);
      await settle(refund.refundNo, 'CLOSED');
      // From then on where nothing was left: it had been over meanwhile.
      const late = ((await plan()).until ?? 0) - until;
      expect(late).toBeGreaterThan(-1_000);
      expect(late).toBeLessThan(60_000);
    });

    test('of one that has ended nothing is taken, and nothing comes back', async () => {
      const until = new Date(Date.now() - DAY_MS);
      await users().update({ plan_until: until });
      const refund = await give();
      expect(await secondsOf(refund.id)).toBe(0);
      await settle(refund.refundNo, 'CLOSED');
      expect((await plan()).until).toBe(until.getTime());
    });

    test('a plan without an end keeps having none', async () => {
      await users().update({ plan_until: null });
      const refund = await give();
      expect(await secondsOf(refund.id)).toBe(0);
      await settle(refund.refundNo, 'CLOSED');
      expect(await plan()).toEqual({ plan: 'vip', until: null });
    });

    test('parts take their share, and all parts the whole', async () => {
      const until = new Date(Date.now() + 62 * DAY_MS);
      await users().update({ plan_until: until });
      const shares: number[] = [];
      for (const amountFen of [1_000, 1, 999, 1_000]) {
        shares.push(await secondsOf((await give({ amountFen })).id));
      }
      const second = Math.floor((31 * 86_400 * 1_001) / 3_000);
      const third = (31 * 86_400) / 3;
      expect(shares).toEqual([third, second - third, 2 * third - second, third]);
      expect((await plan()).until).toBe(until.getTime() - 31 * DAY_MS);
    });
  });

  test('it is an administrator’s, written down, and found again', async () => {
    const path = `/api/admin/orders/${paid.order.id}/refund`;
    expect((await buyer.post(path, { reason: '我要' })).failure().status).toBe(403);
    expect((await admin.post(path, {})).failure().status).toBe(400);
    expect((await ask({}, 'key', randomUUID())).failure().status).toBe(404);
    const { refund } = (await ask()).data(reply);
    const [entry] = await shop.service.platform.database
      .knex('audit_log')
      .where({ target_id: paid.order.id });
    expect(entry).toMatchObject({
      actor_id: admin.login.user.id,
      action: 'order.refund',
      detail: { refundId: refund.id, amountFen: 600, reason: '学习者改变主意' },
    });
    const found = ownOrder.extend({
      userId: z.uuid(),
      tradeNo: z.string(),
      refunds: z.array(refundSchema),
    });
    for (const q of [paid.tradeNo, paid.order.id, buyer.login.user.email ?? '']) {
      const list = await admin.get(`/api/admin/orders?q=${encodeURIComponent(q)}`);
      const { items } = list.data(contract.pageOf(found));
      expect(items.map(({ id }) => id)).toEqual([paid.order.id]);
      expect(items[0]?.refunds.map(({ id }) => id)).toEqual([refund.id]);
    }
    const none = await admin.get('/api/admin/orders?status=closed&q=%25');
    expect(none.data(contract.pageOf(found)).items).toEqual([]);
  });

  test('an order of a channel that is open no more waits for it, and that is said', async () => {
    await shop.service.platform.database
      .knex('orders')
      .where({ id: paid.order.id })
      .update({ channel: 'wechat_virtual' });
    const failure = (await ask()).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    expect(failure.message).toContain('没有开通小程序支付');
    expect(await balance()).toBe(WELCOME + paid.order.tokens);
  });

  test('what was never paid cannot be given back', async () => {
    const unpaid = await shop.order(await shop.buyer());
    const failure = (await ask({}, randomUUID(), unpaid.order.id)).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    const { knex } = shop.service.platform.database;
    await knex('orders').where({ id: unpaid.order.id }).update({ status: 'closed' });
    expect((await ask({}, randomUUID(), unpaid.order.id)).failure().status).toBe(409);
  });

  test('the job does it all without being asked', async () => {
    shop.wechat.fail('refund', 'cut');
    const { refund } = (await ask()).data(reply);
    await shop.service.platform.database.knex('refunds').update({ queried_at: null });
    await shop.service.services.jobs.enqueue('query-refunds', {});
    await eventually('WeChat Pay was asked', () => shop.wechat.refunds.has(refund.refundNo));
  });
});
