import { jest } from '@jest/globals';
import { eventually, gate } from '../support/eventually.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInBothModes, describeInOneMode } from '../support/service-space.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import { nextCertificate } from '../support/wechat-pay-certificates.ts';
import { newKeyPair } from '../support/wechat-pay-protocol.ts';
import { type Notice, sendNotice } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;

describeInBothModes('notices of WeChat Pay', (mode) => {
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
});

describeInOneMode('who only says that he is WeChat Pay', (mode) => {
  let shop: Shop;
  let buyer: Learner;
  beforeAll(async () => {
    shop = await openShop(mode);
    buyer = await shop.buyer();
  });
  afterAll(() => shop.close());

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

  test.each(attacks)('%s, and is not believed', async (_, attack) => {
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
    const held = gate();
    const holding = knex.transaction(async (transaction) => {
      await transaction('orders').where({ id: order.id }).forUpdate();
      await held.opened;
    });
    const reply = await sendNotice(shop.service.url, shop.wechat.notice(paid));
    expect({ status: reply.status, ...Object(await reply.json()) }).toMatchObject({
      status: 500,
      code: 'FAIL',
    });
    held.open();
    await holding;
    const isPaid = async () => (await shop.stateOf(buyer, order.id)).status === 'paid';
    await eventually('it is credited', isPaid);
    expect((await sendNotice(shop.service.url, shop.wechat.notice(paid))).status).toBe(200);
    expect(await shop.notices(tradeNo)).toEqual(['credited', 'repeated']);
  });
});

describeInOneMode('keys of WeChat Pay', (mode) => {
  test('with a public key no certificate is asked for, and none is believed', async () => {
    const shop = await openShop(mode, {}, { publicKey: true });
    const buyer = await shop.buyer();
    const { order, tradeNo } = await shop.order(buyer);
    const paid = shop.wechat.pay(tradeNo);
    const signer = { ...nextCertificate };
    const foreign = await sendNotice(shop.service.url, shop.wechat.notice(paid, { signer }));
    expect(foreign.status).toBe(401);
    expect((await shop.payFor(tradeNo)).status).toBe(200);
    expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    expect(shop.wechat.calls.filter(({ kind }) => kind === 'certificates')).toEqual([]);
    await shop.close();
  });
});
