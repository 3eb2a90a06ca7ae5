import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { judgeLedger } from '../../backend/billing/reports/reconciliation.ts';
import {
  forgetEverybody,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { createPurchases, type Purchases } from '../support/purchases.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(120_000);

describeInBothModes('orders and refunds beside the ledger', (mode) => {
  let space: LedgerSpace;
  let purchases: Purchases;
  let userId: string;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    purchases = createPurchases(space.database.knex);
  });
  beforeEach(async () => {
    await forgetEverybody(space);
    userId = await newLearner(space, 1_000);
  });
  afterAll(() => space.dispose());

  const knex = () => space.database.knex;
  const find = async () => {
    const { ledger } = await space.stores.reconciliations.read(new Date());
    const { sound, detail } = judgeLedger(ledger);
    expect(detail.differing).toEqual([]);
    return { sound, orders: ledger.orders, refunds: ledger.refunds };
  };
  const SOUND = { sound: true, orders: [], refunds: [] };
  const about = (reference: string) => ({ userId, reference, reason: '测试' });
  const post = (journal: Parameters<typeof space.stores.ledger.post>[0]) =>
    space.transact(async ({ ledger }) => ledger.post(journal));

  test('agree when everything went its way', async () => {
    const order = await purchases.order(userId);
    await purchases.pay(order);
    await purchases.redeem(userId, 700);
    const [first, failing] = [randomUUID(), randomUUID()];
    await purchases.settle(await purchases.refund(order, 300, first), 'succeeded');
    await purchases.settle(await purchases.refund(order, 100, failing), 'failed');
    await purchases.order(userId);
    expect(await find()).toEqual(SOUND);
  });

  test('differ where an order is paid and nothing was credited', async () => {
    const order = await purchases.order(userId);
    await knex()('orders')
      .where({ id: order.id })
      .update({ status: 'paid', transaction_id: '4200001', paid_at: new Date() });
    const found = { orderId: order.id, tradeNo: order.tradeNo, userId, tokens: order.tokens };
    expect(await find()).toEqual({ ...SOUND, sound: false, orders: [{ ...found, ledger: null }] });
  });

  test('differ where tokens were credited for no order, or for one that nobody paid', async () => {
    const order = await purchases.order(userId);
    await post(journals.recharge(500, about('made up')));
    await post(journals.recharge(order.tokens, about(order.id)));
    const nothing = { tradeNo: null, userId, tokens: null };
    const { orders } = await find();
    expect(orders).toHaveLength(2);
    expect(orders).toContainEqual({ ...nothing, orderId: 'made up', ledger: 500 });
    expect(orders).toContainEqual({ ...nothing, orderId: order.id, ledger: order.tokens });
  });

  test('differ where too much was credited, or to somebody else', async () => {
    const order = await purchases.order(userId);
    await purchases.pay(order);
    await knex()('orders').where({ id: order.id }).update({ tokens: 1 });
    expect((await find()).orders).toMatchObject([{ tokens: 1, ledger: order.tokens }]);
    const stranger = await newLearner(space);
    await knex()('orders')
      .where({ id: order.id })
      .update({ tokens: order.tokens, user_id: stranger });
    expect((await find()).orders).toMatchObject([{ orderId: order.id, userId }]);
    // Unless the account that ordered has become part of the one that got the tokens.
    await knex()('users').where({ id: stranger }).update({ merged_into: userId });
    expect(await find()).toEqual(SOUND);
  });

  test('differ where a redeemed code has no journal', async () => {
    const code = await purchases.redeem(userId, 700);
    await knex()('orders').where({ id: code }).update({ tokens: 7_000 });
    expect((await find()).orders).toMatchObject([{ orderId: code, tokens: 7_000, ledger: 700 }]);
  });

  test('agree where a payment for an erased account went back, and only then', async () => {
    const order = await purchases.order(userId);
    await knex()('users').where({ id: userId }).update({ erased_at: new Date() });
    expect(await purchases.pay(order)).toBe('account_erased');
    expect(await find()).toEqual(SOUND);
    await knex()('refunds').delete();
    expect((await find()).orders).toMatchObject([{ orderId: order.id, ledger: null }]);
  });

  test('differ where a refund took nothing, or something else', async () => {
    const order = await purchases.order(userId);
    await purchases.pay(order);
    const refund = await purchases.refund(order, 300, randomUUID());
    await knex()('refunds').where({ id: refund.id }).increment('tokens', 5);
    const found = { refundId: refund.id, tradeNo: order.tradeNo, ledger: -refund.tokens };
    const differing = { ...found, tokens: -refund.tokens - 5 };
    expect(await find()).toEqual({ ...SOUND, sound: false, refunds: [differing] });
  });

  test('differ where tokens were taken for no refund', async () => {
    await post(journals.refund(20, about('made up')));
    const made = { refundId: 'made up', tradeNo: null, tokens: null, ledger: -20 };
    expect((await find()).refunds).toEqual([made]);
  });

  test('differ where a refund failed and its tokens are still gone, or came back all the same', async () => {
    const order = await purchases.order(userId);
    await purchases.pay(order);
    const refund = await purchases.refund(order, 300, randomUUID());
    await knex()('refunds').where({ id: refund.id }).update({ status: 'failed' });
    const found = { refundId: refund.id, tradeNo: order.tradeNo };
    expect((await find()).refunds).toEqual([{ ...found, tokens: refund.tokens, ledger: null }]);
    await post(journals.adjust(refund.tokens, about(refund.id)));
    expect(await find()).toEqual(SOUND);
    await knex()('refunds').where({ id: refund.id }).update({ status: 'succeeded' });
    expect((await find()).refunds).toEqual([{ ...found, tokens: null, ledger: refund.tokens }]);
  });
});
