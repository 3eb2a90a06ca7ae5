import { jest } from '@jest/globals';
import { eventually } from '../support/eventually.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import { sendNotice } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;
const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const BEIJING_MS = 8 * 60 * MINUTE_MS;

describeInOneMode('payments', (mode) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(mode);
  });
  afterAll(() => shop.close());

  describe('orders of which nobody tells', () => {
    let buyer: Learner;
    beforeEach(async () => {
      // Orders of other stories are none of this one's.
      await shop.service.platform.database
        .knex('orders')
        .where({ status: 'pending' })
        .update({ status: 'closed' });
      buyer = await shop.buyer();
      shop.service.log.length = 0;
      shop.wechat.calls.length = 0;
    });

    const settling = () => shop.service.services.recharge.settling;
    const change = (id: string, values: object) =>
      shop.service.platform.database.knex('orders').where({ id }).update(values);
    const ago = (milliseconds: number) => new Date(Date.now() - milliseconds);
    const balance = async () => (await buyer.balance()).balance;
    const called = () => shop.wechat.calls.map(({ kind }) => kind);
    /** An order that was made a while ago and has run out. */
    const runOut = async () => {
      const made = await shop.order(buyer);
      const times = { created_at: ago(16 * MINUTE_MS), expires_at: ago(MINUTE_MS) };
      await change(made.order.id, times);
      shop.wechat.calls.length = 0;
      return made;
    };

    test('one that was paid is found by asking, and credited once by many at it', async () => {
      const { order, tradeNo } = await shop.order(buyer);
      shop.wechat.pay(tradeNo);
      await settling().askDue();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('pending');
      await change(order.id, { created_at: ago(2 * MINUTE_MS) });
      await Promise.all([settling().askDue(), settling().askDue(), shop.payFor(tradeNo)]);
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
      expect(await balance()).toBe(WELCOME + order.tokens);
      expect(await shop.postings(buyer)).toHaveLength(1);
    });

    test('one that is not paid is asked about ever more rarely', async () => {
      const { order } = await shop.order(buyer);
      await change(order.id, { created_at: ago(2 * MINUTE_MS) });
      shop.wechat.calls.length = 0;
      await settling().askDue();
      await settling().askDue();
      expect(called()).toEqual(['query']);
      await change(order.id, { queried_at: ago(31_000) });
      await settling().askDue();
      expect(called()).toEqual(['query', 'query']);
      const older = { created_at: ago(12 * MINUTE_MS), queried_at: ago(2 * MINUTE_MS) };
      await change(order.id, older);
      await settling().askDue();
      expect(called()).toEqual(['query', 'query']);
      await change(order.id, { queried_at: ago(4 * MINUTE_MS) });
      await settling().askDue();
      expect(called()).toEqual(['query', 'query', 'query']);
    });

    test('one that ran out is closed there first, then here', async () => {
      const { order, tradeNo } = await runOut();
      await settling().settleExpired();
      expect(called()).toEqual(['query', 'close']);
      expect(shop.wechat.orderOf(tradeNo).state).toBe('CLOSED');
      expect((await shop.stateOf(buyer, order.id)).status).toBe('closed');
      await settling().settleExpired();
      expect(called()).toEqual(['query', 'close']);
    });

    test('a payment that came in at the last moment wins', async () => {
      const { order, tradeNo } = await runOut();
      shop.wechat.pay(tradeNo);
      await settling().settleExpired();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
      expect(called()).toEqual(['query']);
    });

    test('so does one between the question and the closing', async () => {
      const { order, tradeNo } = await runOut();
      shop.wechat.payBeforeClosing(tradeNo);
      await settling().settleExpired();
      expect(called()).toEqual(['query', 'close', 'query']);
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
      expect(await balance()).toBe(WELCOME + order.tokens);
    });

    test('one that was paid and given back before we learnt of it credits nothing', async () => {
      const { order, tradeNo } = await runOut();
      shop.wechat.pay(tradeNo);
      shop.wechat.orderOf(tradeNo).state = 'REFUND';
      await settling().settleExpired();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('closed');
      expect(await balance()).toBe(WELCOME);
    });

    test('one that WeChat Pay never heard of is closed', async () => {
      const { order, tradeNo } = await runOut();
      shop.wechat.orders.delete(tradeNo);
      await settling().settleExpired();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('closed');
    });

    test.each(['query', 'close'] as const)(
      'while %s fails it stays pending, and the others do not wait',
      async (kind) => {
        const first = await runOut();
        const second = await shop.order(buyer, { packageId: shop.packages[1]?.id });
        const times = { created_at: ago(15 * MINUTE_MS), expires_at: ago(MINUTE_MS) };
        await change(second.order.id, times);
        shop.wechat.fail(kind, { status: 500, code: 'SYSTEM_ERROR' });
        await settling().settleExpired();
        expect((await shop.stateOf(buyer, first.order.id)).status).toBe('pending');
        expect((await shop.stateOf(buyer, second.order.id)).status).toBe('closed');
        expect(errorsIn(shop.service)).toEqual([]);
        await change(first.order.id, { queried_at: null });
        await settling().settleExpired();
        expect((await shop.stateOf(buyer, first.order.id)).status).toBe('closed');
      },
    );

    test('the jobs do it without being asked', async () => {
      const paid = await shop.order(buyer);
      shop.wechat.pay(paid.tradeNo);
      await change(paid.order.id, { created_at: ago(2 * MINUTE_MS) });
      const unpaid = await shop.order(buyer, { packageId: shop.packages[1]?.id });
      await change(unpaid.order.id, { created_at: ago(16 * MINUTE_MS), expires_at: ago(1) });
      await shop.service.services.jobs.enqueue('query-orders', {});
      await shop.service.services.jobs.enqueue('close-orders', {});
      const states = async () =>
        Promise.all(
          [paid, unpaid].map(async ({ order }) => (await shop.stateOf(buyer, order.id)).status),
        );
      const done = async () => (await states()).join() === 'paid,closed';
      await eventually('one is paid, the other closed', done);
    });
  });

  describe('the bill of WeChat Pay', () => {
    let buyer: Learner;
    beforeAll(async () => {
      buyer = await shop.buyer();
    });

    const DAY = '2026-11-20';
    const NOON = new Date('2026-11-20T04:00:00Z');
    const reconciling = () => {
      const { reconciling } = shop.service.services.recharge;
      if (!reconciling) throw new Error('the site sells nothing');
      return reconciling;
    };
    const amountFen = 600;
    /** An order of another buyer each time, paid at noon of the day that is compared. */
    const bought = async (paid: 'paid' | 'untold' | 'closed') => {
      const made = await shop.order(await shop.buyer());
      const { transaction_id } = shop.wechat.pay(made.tradeNo);
      const order = shop.wechat.orderOf(made.tradeNo);
      order.paidAt = '2026-11-20T12:00:00+08:00';
      if (paid === 'paid') await shop.payFor(made.tradeNo);
      if (paid === 'closed') {
        const { knex } = shop.service.platform.database;
        await knex('orders').where({ id: made.order.id }).update({ status: 'closed' });
      }
      return { ...made, transactionId: String(transaction_id) };
    };
    const line = ({ tradeNo, transactionId }: { tradeNo: string; transactionId: string }) => ({
      ...{ tradeNo, transactionId, amountFen },
    });
    const rows = () =>
      shop.service.platform.database
        .knex('reconciliations')
        .where({ kind: 'wechat_pay' })
        .orderBy('created_at');
    const statusOf = async (id: string) =>
      (await shop.service.platform.database.knex('orders').where({ id }).first()).status;

    beforeEach(async () => {
      const { knex } = shop.service.platform.database;
      await knex('orders').update({ paid_at: new Date('2026-01-01T00:00:00Z') });
      await knex('reconciliations').delete();
      shop.wechat.setBill(DAY, []);
      shop.service.log.length = 0;
    });

    test('says the same as we do', async () => {
      const paid = [await bought('paid'), await bought('paid')];
      shop.wechat.setBill(DAY, paid.map(line));
      expect(await reconciling().reconcile(DAY)).toEqual([]);
      expect(await rows()).toMatchObject([{ sound: true, detail: { trades: 2, differences: [] } }]);
      expect(errorsIn(shop.service)).toEqual([]);
    });

    test('credits what was paid and never told, also of an order that was closed', async () => {
      const lost = await bought('untold');
      const late = await bought('closed');
      shop.wechat.setBill(DAY, [line(lost), line(late)]);
      expect(await reconciling().reconcile(DAY)).toEqual([
        { what: 'was_not_credited', tradeNo: lost.tradeNo },
        { what: 'was_not_credited', tradeNo: late.tradeNo },
      ]);
      expect([await statusOf(lost.order.id), await statusOf(late.order.id)]).toEqual([
        'paid',
        'paid',
      ]);
      expect(await rows()).toMatchObject([{ sound: false }]);
      expect(errorsIn(shop.service)).toEqual([expect.stringContaining('differ')]);
      expect(await reconciling().reconcile(DAY)).toEqual([]);
    });

    test('shows every kind of difference, both ways', async () => {
      const [kept, dearer, other] = [
        await bought('paid'),
        await bought('paid'),
        await bought('paid'),
      ];
      const givenBack = await bought('closed');
      shop.wechat.orderOf(givenBack.tradeNo).state = 'REFUND';
      const stranger = { tradeNo: 'gx00000000000000', transactionId: '42000001', amountFen };
      const refunded = { ...stranger, refundNo: 'rf00000000000000', refundFen: 100 };
      shop.wechat.setBill(DAY, [
        { ...line(dearer), amountFen: 601 },
        { ...line(other), transactionId: '42000002' },
        line(givenBack),
        stranger,
        refunded,
      ]);
      expect(await reconciling().reconcile(DAY)).toEqual([
        { what: 'other_amount', tradeNo: dearer.tradeNo },
        { what: 'other_payment', tradeNo: other.tradeNo },
        { what: 'not_credited', tradeNo: givenBack.tradeNo },
        { what: 'unknown_order', tradeNo: stranger.tradeNo },
        { what: 'unknown_refund', tradeNo: stranger.tradeNo },
        { what: 'not_in_the_bill', tradeNo: kept.tradeNo },
      ]);
    });

    test('knows a payment too many that goes back, and one that does not', async () => {
      const paid = await bought('paid');
      const second = { ...line(paid), transactionId: `4200077${Date.now()}` };
      const told = { ...shop.wechat.pay(paid.tradeNo), transaction_id: second.transactionId };
      await sendNotice(shop.service.url, shop.wechat.notice(told));
      const { refundsOf } = shop.service.services.recharge;
      const [refund] = await refundsOf([paid.order.id]);
      const { refundNo = '' } = refund ?? {};
      shop.wechat.setBill(DAY, [line(paid), second, { ...second, refundNo, refundFen: amountFen }]);
      expect(await reconciling().reconcile(DAY)).toEqual([]);
      shop.wechat.setBill(DAY, [line(paid), { ...second, amountFen: 601 }]);
      expect(await reconciling().reconcile(DAY)).toMatchObject([{ what: 'other_amount' }]);
      const { knex } = shop.service.platform.database;
      await knex('refunds').where({ refund_no: refundNo }).update({ status: 'failed' });
      shop.wechat.setBill(DAY, [line(paid), second]);
      expect(await reconciling().reconcile(DAY)).toMatchObject([{ what: 'other_payment' }]);
    });

    test('a day is over at midnight in Beijing', async () => {
      const early = await bought('paid');
      const late = await bought('paid');
      const { knex } = shop.service.platform.database;
      const at = (id: string, time: string) =>
        knex('orders')
          .where({ id })
          .update({ paid_at: new Date(time) });
      await at(early.order.id, '2026-11-19T16:00:00Z');
      await at(late.order.id, '2026-11-20T16:00:00Z');
      expect(await reconciling().reconcile(DAY)).toEqual([
        { what: 'not_in_the_bill', tradeNo: early.tradeNo },
      ]);
    });

    test('each day of the last week is compared once, yesterday only when its bill is made', async () => {
      const { knex } = shop.service.platform.database;
      await knex('orders').update({ created_at: new Date('2026-11-18T00:00:00Z') });
      const days = async () =>
        (await rows()).map(({ day }) =>
          new Date(new Date(day).getTime() + BEIJING_MS).toISOString().slice(0, 10),
        );
      const early = new Date(NOON.getTime() - 2 * 60 * MINUTE_MS);
      await reconciling().reconcileDue(undefined, early);
      expect(await days()).toEqual(['2026-11-18']);
      await reconciling().reconcileDue(undefined, NOON);
      await reconciling().reconcileDue(undefined, NOON);
      expect(await days()).toEqual(['2026-11-18', '2026-11-19']);
      shop.wechat.fail('bill', 'cut');
      const nextDay = new Date(NOON.getTime() + DAY_MS);
      await reconciling().reconcileDue(undefined, nextDay);
      expect(await days()).toEqual(['2026-11-18', '2026-11-19']);
      await reconciling().reconcileDue(undefined, nextDay);
      expect(await days()).toEqual(['2026-11-18', '2026-11-19', DAY]);
    });

    test('what was changed on its way is not believed', async () => {
      const paid = await bought('paid');
      shop.wechat.setBill(DAY, [line(paid)]);
      shop.wechat.spoilDownload();
      await expect(reconciling().reconcile(DAY)).rejects.toThrow('BAD_SIGNATURE');
      expect(await rows()).toEqual([]);
      expect((await buyer.balance()).balance).toBe(WELCOME);
    });
  });
});
