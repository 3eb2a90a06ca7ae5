import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { eventually, gate } from '../support/eventually.ts';
import { type Learner, visit } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import { nextCertificate } from '../support/wechat-pay-certificates.ts';
import { newKeyPair } from '../support/wechat-pay-protocol.ts';
import { type Notice, sendNotice } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;
const listed = z.strictObject({
  id: z.uuid(),
  channel: z.enum(['wechat_pay', 'wechat_virtual']),
  tradeNo: z.string().nullable(),
  outcome: z.string(),
  detail: z.record(z.string(), z.unknown()),
  createdAt: z.iso.datetime(),
});

describeInOneMode('notices of WeChat Pay', (mode) => {
  let shop: Shop;
  let buyer: Learner;
  beforeAll(async () => {
    shop = await openShop(mode);
  });
  beforeEach(async () => {
    buyer = await shop.buyer();
    shop.service.log.length = 0;
  });
  afterAll(() => shop.close());

  const send = (notice: Notice) => sendNotice(shop.service.url, notice);
  const answerTo = async (notice: Notice) => {
    const reply = await send(notice);
    return { status: reply.status, ...Object(await reply.json()) };
  };
  const balance = async () => (await buyer.balance()).balance;
  const alerts = () => errorsIn(shop.service).map((line) => line.split(':')[0]);

  test('many at once, and each again, credit once', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const transaction = shop.wechat.pay(tradeNo);
    const notices = Array.from({ length: 8 }, () => shop.wechat.notice(transaction));
    const replies = await Promise.all([...notices, ...notices].map(answerTo));
    for (const reply of replies) expect(reply).toMatchObject({ status: 200, code: 'SUCCESS' });
    expect(await balance()).toBe(WELCOME + order.tokens);
    expect(await shop.postings(buyer)).toHaveLength(1);
    expect([...new Set(await shop.notices(tradeNo))]).toEqual(['credited', 'repeated']);
    expect(alerts()).toEqual([]);
  });

  test('one that comes after the order was closed still credits', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const notice = shop.wechat.notice(shop.wechat.pay(tradeNo));
    await shop.service.platform.database
      .knex('orders')
      .where({ id: order.id })
      .update({ status: 'closed', expires_at: new Date(Date.now() - 86_400_000) });
    expect(await answerTo(notice)).toMatchObject({ status: 200 });
    expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    expect(await balance()).toBe(WELCOME + order.tokens);
  });

  test('one that overtakes our own transaction is asked to come again', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const { knex } = shop.service.platform.database;
    const [row] = await knex('orders').where({ id: order.id }).delete().returning('*');
    const notice = shop.wechat.notice(shop.wechat.pay(tradeNo));
    expect(await answerTo(notice)).toMatchObject({ status: 404, code: 'FAIL' });
    expect(alerts()).toEqual(['a payment of no order of ours']);
    await knex('orders').insert({ ...row, payment: JSON.stringify(row.payment) });
    expect(await answerTo(notice)).toMatchObject({ status: 200, code: 'SUCCESS' });
    expect(await balance()).toBe(WELCOME + order.tokens);
  });

  test.each([
    ['another merchant', { mchid: '1900000110' }],
    ['another app', { appid: 'wx0000000000000000' }],
    ['a smaller amount', { amount: { total: 1, payer_total: 1, currency: 'CNY' } }],
    ['a larger amount', { amount: { total: 60_000, payer_total: 60_000, currency: 'CNY' } }],
    ['another currency', { amount: { total: 600, payer_total: 600, currency: 'JPY' } }],
    ['less from the payer', { amount: { total: 600, payer_total: 1, currency: 'CNY' } }],
    ['less than nothing', { amount: { total: 600, payer_total: -600, currency: 'CNY' } }],
  ])(
    'a payment with %s is never credited, is recorded, and somebody is told',
    async (_, change) => {
      const { order, tradeNo } = await shop.order(buyer);
      const notice = shop.wechat.notice({ ...shop.wechat.pay(tradeNo), ...change });
      expect(await answerTo(notice)).toMatchObject({ status: 200 });
      expect(await answerTo(notice)).toMatchObject({ status: 200 });
      expect(await shop.stateOf(buyer, order.id)).toMatchObject({
        status: 'pending',
        paidAt: null,
      });
      expect(await balance()).toBe(WELCOME);
      expect(await shop.notices(tradeNo)).toEqual(['refused', 'refused']);
      expect(alerts()).toEqual(Array(2).fill('a payment was not credited'));
      expect(await send(shop.wechat.notice(shop.wechat.pay(tradeNo)))).toMatchObject({
        status: 200,
      });
      expect(await balance()).toBe(WELCOME + order.tokens);
    },
  );

  test('what a voucher paid counts as paid', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const paid = {
      ...shop.wechat.pay(tradeNo),
      amount: { total: 600, payer_total: 500, currency: 'CNY' },
      promotion_detail: [{ coupon_id: '109519', amount: 100 }],
    };
    expect(await answerTo(shop.wechat.notice(paid))).toMatchObject({ status: 200 });
    expect(await balance()).toBe(WELCOME + order.tokens);
  });

  test('what is not paid yet credits nothing', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    for (const trade_state of ['NOTPAY', 'CLOSED', 'USERPAYING', 'PAYERROR']) {
      const notice = shop.wechat.notice({ ...paid, trade_state });
      expect(await answerTo(notice)).toMatchObject({ status: 400, code: 'FAIL' });
    }
    expect((await shop.stateOf(buyer, order.id)).status).toBe('pending');
    expect(await balance()).toBe(WELCOME);
  });

  test('a payment that was counted for one order counts for no other', async () => {
    const first = await shop.order(buyer);
    const second = await shop.order(await shop.buyer());
    await shop.payFor(first.tradeNo);
    const stolen = { ...shop.wechat.pay(first.tradeNo), out_trade_no: second.tradeNo };
    expect(await answerTo(shop.wechat.notice(stolen))).toMatchObject({ status: 200 });
    expect(await shop.notices(second.tradeNo)).toEqual(['refused']);
    expect(await balance()).toBe(WELCOME + first.order.tokens);
  });

  test('a second payment of one order goes back by itself, once', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    await shop.payFor(tradeNo);
    const second = { ...shop.wechat.pay(tradeNo), transaction_id: `4200099${Date.now()}` };
    const notices = [shop.wechat.notice(second), shop.wechat.notice(second)];
    for (const reply of await Promise.all(notices.map(answerTo))) {
      expect(reply).toMatchObject({ status: 200 });
    }
    expect(await balance()).toBe(WELCOME + order.tokens);
    expect(alerts()).toEqual(['an order was paid twice']);
    const { refundSettling } = shop.service.services.recharge;
    await Promise.all([refundSettling.settleDue(), refundSettling.settleDue()]);
    const given = [...shop.wechat.refunds.values()].filter(
      ({ transaction_id }) => transaction_id === second.transaction_id,
    );
    expect(given).toMatchObject([{ refund: order.amountFen }]);
    const [{ out_refund_no } = { out_refund_no: '' }] = given;
    const event = 'REFUND.SUCCESS';
    const content = { mchid: shop.wechat.merchant.mchId, out_refund_no, refund_status: 'SUCCESS' };
    expect(await answerTo(shop.wechat.notice(content, { event }))).toMatchObject({ status: 200 });
    const state = await shop.stateOf(buyer, order.id);
    expect(state).toMatchObject({ status: 'paid', refundedFen: 0 });
    expect(await balance()).toBe(WELCOME + order.tokens);
  });

  describe('for an account that is erased', () => {
    const knex = () => shop.service.platform.database.knex;
    const erase = () =>
      knex()('users').where({ id: buyer.login.user.id }).update({ erased_at: new Date() });
    const kept = (id: string) => knex()('orders').where({ id }).first();
    const settle = async (status: 'SUCCESS' | 'CLOSED', transactionId: string) => {
      const { refundSettling } = shop.service.services.recharge;
      await refundSettling.settleDue();
      const given = [...shop.wechat.refunds.values()].filter(
        (refund) => refund.transaction_id === transactionId,
      );
      expect(given).toMatchObject([{ refund: 600 }]);
      for (const refund of given) refund.status = status;
      await knex()('refunds').update({ queried_at: null });
      await refundSettling.settleDue();
    };

    test('nothing is credited, the order is paid, and the money goes back by itself', async () => {
      const { order, tradeNo } = await shop.order(buyer);
      const paid = shop.wechat.pay(tradeNo);
      await erase();
      const notices = [shop.wechat.notice(paid), shop.wechat.notice(paid)];
      for (const reply of await Promise.all(notices.map(answerTo))) {
        expect(reply).toMatchObject({ status: 200, code: 'SUCCESS' });
      }
      const { transaction_id, status } = await kept(order.id);
      expect({ transaction_id, status }).toEqual({
        transaction_id: paid.transaction_id,
        status: 'paid',
      });
      expect((await shop.notices(tradeNo)).sort()).toEqual(['account_erased', 'repeated']);
      await settle('SUCCESS', transaction_id);
      expect((await kept(order.id)).status).toBe('refunded');
      const { refundsOf } = shop.service.services.recharge;
      expect(await refundsOf([order.id])).toMatchObject([
        { amountFen: 600, tokens: 0, planSeconds: 0, reason: '账号已注销，自动退回' },
      ]);
      const journals = await knex()('ledger_journals').where({ user_id: buyer.login.user.id });
      expect(journals.map(({ kind }) => kind)).toEqual(['grant']);
    });

    test('one that part of it became another’s is credited there', async () => {
      const { order, tradeNo } = await shop.order(buyer);
      const heir = await shop.buyer();
      await knex()('users')
        .where({ id: buyer.login.user.id })
        .update({ merged_into: heir.login.user.id });
      expect((await shop.payFor(tradeNo)).status).toBe(200);
      expect((await heir.balance()).balance).toBe(WELCOME + order.tokens);
    });

    test('an administrator tries again what failed, and no token is taken for it', async () => {
      const { order, tradeNo } = await shop.order(buyer);
      const paid = shop.wechat.pay(tradeNo);
      await erase();
      await answerTo(shop.wechat.notice(paid));
      await settle('CLOSED', String(paid.transaction_id));
      expect((await kept(order.id)).status).toBe('paid');
      expect(alerts()).toEqual(['a refund failed, its tokens were given back']);
      const admin = await shop.admin();
      const path = `/api/admin/orders/${order.id}/refund`;
      const again = await admin.post(path, { reason: '再退' }, { 'idempotency-key': tradeNo });
      expect(again.status).toBe(200);
      const { refundsOf } = shop.service.services.recharge;
      expect((await refundsOf([order.id])).map(({ tokens, status }) => [tokens, status])).toEqual([
        [0, 'failed'],
        [0, 'pending'],
      ]);
      const row = await knex()('balances').where({ user_id: buyer.login.user.id }).first();
      expect(Number(row.balance)).toBe(WELCOME);
    });
  });

  test.each<[string, object, string]>([
    ['a payment without its state', { trade_state: undefined }, 'TRANSACTION.SUCCESS'],
    ['an amount that is text', { amount: { total: '600' } }, 'TRANSACTION.SUCCESS'],
    ['a time that is none', { success_time: 'yesterday' }, 'TRANSACTION.SUCCESS'],
    ['a refund without its number', { refund_status: 'SUCCESS' }, 'REFUND.SUCCESS'],
    ['a refund in a state of its own', { refund_status: 'LOST' }, 'REFUND.CLOSED'],
  ])('of %s, signed as it is, is refused, recorded and told', async (_, change, event) => {
    const { tradeNo } = await shop.order(buyer);
    const content = { ...shop.wechat.pay(tradeNo), ...change };
    const reply = await answerTo(shop.wechat.notice(content, { event }));
    expect(reply).toEqual({ status: 400, code: 'FAIL', message: expect.any(String) });
    expect(await shop.notices(tradeNo)).toEqual(['unreadable']);
    expect(alerts()).toEqual(['a signed notice could not be read']);
    expect(await balance()).toBe(WELCOME);
  });

  test('with a content that is no object at all is, too', async () => {
    for (const content of [null, 5, [], 'paid'] as unknown as object[]) {
      expect(await answerTo(shop.wechat.notice(content))).toMatchObject({
        status: 400,
        code: 'FAIL',
      });
    }
    expect(alerts()).toEqual(Array(4).fill('a signed notice could not be read'));
  });

  test('are listed for an administrator, newest first, by outcome and by order', async () => {
    const admin = await shop.admin();
    const list = async (query: string) =>
      (await admin.get(`/api/admin/payment-notices?${query}`)).data(contract.pageOf(listed));
    const { tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    await answerTo(shop.wechat.notice({ ...paid, mchid: '1900000110' }));
    await answerTo(shop.wechat.notice(paid));
    await answerTo(shop.wechat.notice(paid));
    const { items, nextCursor } = await list(`tradeNo=${tradeNo}&limit=2`);
    expect(items.map(({ outcome }) => outcome)).toEqual(['repeated', 'credited']);
    const rest = await list(`tradeNo=${tradeNo}&limit=2&cursor=${nextCursor}`);
    expect(rest).toMatchObject({ nextCursor: null, items: [{ outcome: 'refused', tradeNo }] });
    expect(rest.items[0]?.detail).toMatchObject({ faults: ['seller'], totalFen: 600 });
    const refused = await list('outcome=refused&limit=100');
    expect(new Set(refused.items.map(({ outcome }) => outcome))).toEqual(new Set(['refused']));
    expect(refused.items.map((item) => item.tradeNo)).toContain(tradeNo);
    const path = '/api/admin/payment-notices';
    expect((await admin.get(`${path}?outcome=lost`)).failure().status).toBe(400);
    expect((await admin.get(`${path}?cursor=WzFd`)).failure().status).toBe(400);
    expect((await buyer.get(path)).failure().status).toBe(403);
    expect((await visit(shop.service.url).get(path)).failure().status).toBe(401);
  });

  const now = () => Math.floor(Date.now() / 1000);
  const withHeader = (notice: Notice, name: string, value: string): Notice => ({
    ...notice,
    headers: { ...notice.headers, [name]: value },
  });
  const attacks: [string, (paid: Record<string, unknown>) => Notice][] = [
    [
      'signs with a key of his own',
      (paid) =>
        shop.wechat.notice(paid, {
          signer: {
            ...newKeyPair(),
            serialNo: shop.wechat.notice({}).headers['Wechatpay-Serial'] ?? '',
          },
        }),
    ],
    [
      'names a key of his own',
      (paid) => shop.wechat.notice(paid, { signer: { ...newKeyPair(), serialNo: 'ABCDEF0123' } }),
    ],
    [
      'changes the body',
      (paid) => {
        const notice = shop.wechat.notice(paid);
        return {
          ...notice,
          body: notice.body.replace('TRANSACTION.SUCCESS', 'TRANSACTION.success'),
        };
      },
    ],
    [
      'adds a space',
      (paid) => {
        const notice = shop.wechat.notice(paid);
        return { ...notice, body: `${notice.body} ` };
      },
    ],
    ['repeats an old one', (paid) => shop.wechat.notice(paid, { timestamp: now() - 301 })],
    ['sends one from the future', (paid) => shop.wechat.notice(paid, { timestamp: now() + 301 })],
    [
      'makes an old one young',
      (paid) => {
        const old = shop.wechat.notice(paid, { timestamp: now() - 301 });
        return withHeader(old, 'Wechatpay-Timestamp', String(now()));
      },
    ],
    [
      'changes the nonce',
      (paid) => withHeader(shop.wechat.notice(paid), 'Wechatpay-Nonce', 'another'),
    ],
    [
      'only probes',
      (paid) => {
        const notice = shop.wechat.notice(paid);
        const signature = `WECHATPAY/SIGNTEST/${notice.headers['Wechatpay-Signature']}`;
        return withHeader(notice, 'Wechatpay-Signature', signature);
      },
    ],
    ['signs nothing', (paid) => ({ ...shop.wechat.notice(paid), headers: {} })],
    [
      'sends rubbish for a signature',
      (paid) => withHeader(shop.wechat.notice(paid), 'Wechatpay-Signature', '%%%'),
    ],
  ];

  test.each(attacks)('whoever %s is not believed', async (_, attack) => {
    const { order, tradeNo } = await shop.order(buyer);
    const reply = await sendNotice(shop.service.url, attack(shop.wechat.pay(tradeNo)));
    expect({ status: reply.status, body: await reply.json() }).toEqual({
      status: 401,
      body: { code: 'FAIL', message: expect.any(String) },
    });
    expect((await shop.stateOf(buyer, order.id)).status).toBe('pending');
    expect(await shop.notices(tradeNo)).toEqual([]);
    expect((await buyer.balance()).balance).toBe(WELCOME);
  });

  test('what is signed, but encrypted with another key, is not read', async () => {
    const { tradeNo } = await shop.order(buyer);
    const apiV3Key = 'another APIv3 key of 32 bytes !!';
    const reply = await sendNotice(
      shop.service.url,
      shop.wechat.notice(shop.wechat.pay(tradeNo), { apiV3Key }),
    );
    expect(reply.status).toBe(400);
    expect(errorsIn(shop.service)).toEqual([expect.stringContaining('could not be read')]);
    shop.service.log.length = 0;
  });

  test('associated data, tag and nonce are part of what is proven', async () => {
    const { tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    const changes = [
      { associated_data: 'another' },
      { nonce: '0123456789ab' },
      { ciphertext: 'AAAA' },
      { algorithm: 'AEAD_AES_128_GCM' },
    ];
    for (const change of changes) {
      const { body } = shop.wechat.notice(paid);
      const envelope = JSON.parse(body);
      Object.assign(envelope.resource, change);
      const resigned = shop.wechat.signBody(JSON.stringify(envelope));
      expect((await sendNotice(shop.service.url, resigned)).status).toBe(400);
    }
    expect(await shop.notices(tradeNo)).toEqual([]);
    shop.service.log.length = 0;
  });

  test('something that is no notice at all is refused before anything else', async () => {
    const big = shop.wechat.signBody(JSON.stringify({ padding: 'x'.repeat(70_000) }));
    expect((await sendNotice(shop.service.url, big)).status).toBe(413);
    const text = await fetch(`${shop.service.url}/api/billing/wechat/notify`, {
      method: 'POST',
      headers: { 'content-type': 'text/xml' },
      body: '<xml/>',
    });
    expect(text.status).toBe(415);
    const empty = await fetch(`${shop.service.url}/api/billing/wechat/notify`, { method: 'POST' });
    expect(empty.status).toBe(400);
  });

  test('an unknown serial is asked for at WeChat Pay, but not each time', async () => {
    const before = shop.wechat.calls.filter(({ kind }) => kind === 'certificates').length;
    const signer = { ...newKeyPair(), serialNo: 'FFFFFFFF' };
    for (let time = 0; time < 5; time += 1) {
      await sendNotice(shop.service.url, shop.wechat.notice({}, { signer }));
    }
    const after = shop.wechat.calls.filter(({ kind }) => kind === 'certificates').length;
    expect(after - before).toBeLessThanOrEqual(1);
  });

  test('a notice that cannot be handled in time is answered, goes on, and comes again', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    const { knex } = shop.service.platform.database;
    const [locked, held] = [gate(), gate()];
    const holding = knex.transaction(async (transaction) => {
      await transaction('orders').where({ id: order.id }).forUpdate();
      locked.open();
      await held.opened;
    });
    await locked.opened;
    const reply = await answerTo(shop.wechat.notice(paid));
    held.open();
    await holding;
    expect(reply).toMatchObject({ status: 500, code: 'FAIL' });
    const isPaid = async () => (await shop.stateOf(buyer, order.id)).status === 'paid';
    await eventually('it is credited', isPaid);
    expect((await sendNotice(shop.service.url, shop.wechat.notice(paid))).status).toBe(200);
    expect(await shop.notices(tradeNo)).toEqual(['credited', 'repeated']);
  });
});

describeInOneMode('keys of WeChat Pay', (mode) => {
  test('with a public key alone no certificate is believed', async () => {
    const shop = await openShop(mode, {}, { publicKey: true });
    const buyer = await shop.buyer();
    const { order, tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    expect(shop.wechat.calls.filter(({ kind }) => kind === 'certificates')).toEqual([]);
    for (const signer of [shop.wechat.signers.certificate, nextCertificate]) {
      const foreign = shop.wechat.notice(paid, { signer });
      expect((await sendNotice(shop.service.url, foreign)).status).toBe(401);
    }
    expect((await shop.payFor(tradeNo)).status).toBe(200);
    expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    await shop.close();
  });

  test('while a merchant switches over, notices are signed with one or the other', async () => {
    const shop = await openShop(mode, {}, { publicKey: 'beside certificates' });
    for (const signer of Object.values(shop.wechat.signers)) {
      const buyer = await shop.buyer();
      const { order, tradeNo } = await shop.order(buyer);
      const notice = shop.wechat.notice(shop.wechat.pay(tradeNo), { signer });
      expect((await sendNotice(shop.service.url, notice)).status).toBe(200);
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    }
    await shop.close();
  });
});
