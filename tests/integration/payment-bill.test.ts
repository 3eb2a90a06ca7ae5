import { jest } from '@jest/globals';
import { describeInOneMode } from '../support/service-space.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { sendNotice } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(120_000);

const [DAY_BEFORE, DAY] = ['2026-11-19', '2026-11-20'];
const NOON = new Date('2026-11-20T04:00:00Z');
const amountFen = 600;

describeInOneMode('the bill of a day', (mode) => {
  let shop: Shop;
  beforeAll(async () => {
    shop = await openShop(mode);
  });
  afterAll(() => shop.close());
  beforeEach(async () => {
    await knex()('orders').update({ paid_at: new Date('2026-01-01T00:00:00Z') });
    await knex()('refunds').update({ ended_at: new Date('2026-01-01T00:00:00Z') });
    for (const day of [DAY_BEFORE, DAY]) shop.wechat.setBill(day, []);
  });

  const knex = () => shop.service.platform.database.knex;
  const reconcile = () => {
    const { reconciling } = shop.service.services.recharge;
    if (!reconciling) throw new Error('the site sells nothing');
    return reconciling.reconcile(DAY);
  };

  /** An order that was paid at noon of the day. */
  async function bought() {
    const { order, tradeNo } = await shop.order(await shop.buyer());
    const told = shop.wechat.pay(tradeNo);
    shop.wechat.orderOf(tradeNo).paidAt = '2026-11-20T12:00:00+08:00';
    await sendNotice(shop.service.url, shop.wechat.notice(shop.wechat.pay(tradeNo)));
    return { orderId: order.id, tradeNo, transactionId: String(told.transaction_id), amountFen };
  }

  /** A refund of such an order that arrived at noon of the day, and was asked for when `at` says. */
  async function refunded(at = NOON) {
    const paid = await bought();
    const admin = await shop.admin();
    const path = `/api/admin/orders/${paid.orderId}/refund`;
    const body = { amountFen: 100, reason: '测试' };
    await admin.post(path, body, { 'idempotency-key': paid.orderId });
    const [row] = await knex()('refunds').where({ order_id: paid.orderId });
    await shop.service.services.recharge.refundSettling.told(row.refund_no, 'succeeded');
    const times = { created_at: at, ended_at: NOON };
    await knex()('refunds').where({ id: row.id }).update(times);
    return { ...paid, refundNo: row.refund_no, refundFen: 100 };
  }

  const payment = ({ tradeNo, transactionId }: { tradeNo: string; transactionId: string }) => ({
    ...{ tradeNo, transactionId, amountFen },
  });

  test('has what was given back on it, as we do', async () => {
    const refund = await refunded();
    shop.wechat.setBill(DAY, [payment(refund), refund]);
    expect(await reconcile()).toEqual([]);
  });

  test('differs where a refund that succeeded here is not in it', async () => {
    const refund = await refunded();
    shop.wechat.setBill(DAY, [payment(refund)]);
    const { tradeNo } = refund;
    expect(await reconcile()).toEqual([{ what: 'refund_not_in_the_bill', tradeNo }]);
    expect(await shop.service.services.reports.reconciliations.alarms()).toBe(1);
  });

  test('need not have a refund that was asked for the day before, and is in that bill', async () => {
    const refund = await refunded(new Date(NOON.getTime() - 24 * 3_600_000));
    shop.wechat.setBill(DAY, [payment(refund)]);
    const missing = { what: 'refund_not_in_the_bill', tradeNo: refund.tradeNo };
    expect(await reconcile()).toEqual([missing]);
    shop.wechat.setBill(DAY_BEFORE, [refund]);
    expect(await reconcile()).toEqual([]);
  });

  test('differs where a payment or a refund is in it twice', async () => {
    const refund = await refunded();
    const { tradeNo } = refund;
    shop.wechat.setBill(DAY, [payment(refund), refund, payment(refund), refund]);
    expect(await reconcile()).toEqual([
      { what: 'billed_twice', tradeNo },
      { what: 'refund_billed_twice', tradeNo },
    ]);
  });

  test('differs where a payment is missing of which it has the refund', async () => {
    const refund = await refunded();
    shop.wechat.setBill(DAY, [refund]);
    expect(await reconcile()).toEqual([{ what: 'not_in_the_bill', tradeNo: refund.tradeNo }]);
  });
});
