import { createHmac, randomBytes, randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createSecretBox } from '../../backend/platform/secret-box.ts';
import type { Learner } from '../support/service-client.ts';
import { describeInOneMode, type Mode } from '../support/service-space.ts';
import { openShop, type Shop } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import {
  sendPush,
  startVirtualPaymentStandIn,
  type VirtualPaymentStandIn,
} from '../support/virtual-payment-stand-in.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;
const ANSWERED = { ErrCode: 0, ErrMsg: 'success' };

interface MiniShop extends Shop {
  mini: VirtualPaymentStandIn;
  /** Somebody who is logged in to the mini program. */
  visitor(): Promise<{ buyer: Learner; openid: string; sessionKey: string }>;
}

async function openMiniShop(mode: Mode, options: { encrypted?: boolean } = {}): Promise<MiniShop> {
  const mini = await startVirtualPaymentStandIn(options);
  const shop = await openShop(mode, mini.environment);
  shop.space.beforeDisposal(() => mini.close());
  const { config, platform } = shop.service;
  const box = createSecretBox({ ...config, jwtSecret: config.jwtSecret ?? '' });
  return {
    ...shop,
    mini,
    async visitor() {
      const buyer = await shop.buyer();
      const openid = `o-${randomUUID()}`;
      const sessionKey = randomBytes(16).toString('base64');
      const context = `wechat session key ${mini.appId} ${openid}`;
      await platform.database.knex('wechat_identities').insert({
        ...{ app_id: mini.appId, openid, client: 'miniprogram', user_id: buyer.login.user.id },
        session_key_sealed: box.seal(sessionKey, context),
      });
      return { buyer, openid, sessionKey };
    },
  };
}

const hmac = (key: string, text: string) => createHmac('sha256', key).update(text).digest('hex');
const VIRTUAL = { channel: 'wechat_virtual' };

function delivery(
  { openid, tradeNo }: { openid: string; tradeNo: string },
  { id, amountFen }: { id: string; amountFen: number },
  more: { top?: object; goods?: object } = {},
) {
  return {
    ...{ ToUserName: 'gh_1', FromUserName: 'o-wechat', CreateTime: 1_700_000_000 },
    ...{ MsgType: 'event', Event: 'xpay_goods_deliver_notify' },
    ...{ OpenId: openid, OutTradeNo: tradeNo, Env: 0 },
    WeChatPayInfo: { MchOrderNo: 'm1', TransactionId: 't1', PaidTime: 1_763_700_000 },
    GoodsInfo: {
      ProductId: id,
      Quantity: 1,
      OrigPrice: amountFen,
      ActualPrice: amountFen,
      ...more.goods,
    },
    ...more.top,
  };
}

describeInOneMode('virtual payment, pushed in plain text', (mode) => {
  let shop: MiniShop;
  beforeAll(async () => {
    shop = await openMiniShop(mode);
  });
  beforeEach(() => {
    shop.service.log.length = 0;
    shop.mini.calls.length = 0;
  });
  afterAll(() => shop.close());

  const send = (message: object, type?: string) =>
    sendPush(shop.service.url, shop.mini.push(message), type);
  const bought = () => shop.packageNamed('初学');

  test('what the mini program hands on is signed as it stands', async () => {
    const { buyer, openid, sessionKey } = await shop.visitor();
    const { order, payment, tradeNo } = await shop.order(buyer, VIRTUAL);
    const { signData = '', paySig, signature, mode: kind } = payment;
    expect(signData).toBe(
      `{"offerId":"${shop.mini.offerId}","buyQuantity":1,"env":0,"currencyType":"CNY",` +
        `"productId":"${bought().id}","goodsPrice":600,"outTradeNo":"${tradeNo}","attach":"${order.id}"}`,
    );
    expect({ kind, paySig, signature }).toEqual({
      kind: 'short_series_goods',
      paySig: hmac(shop.mini.appKey, `requestVirtualPayment&${signData}`),
      signature: hmac(sessionKey, signData),
    });
    expect(await shop.order(buyer, VIRTUAL)).toMatchObject({ order, payment });
    shop.mini.pay(tradeNo, openid, 600);
    expect(await send(delivery({ openid, tradeNo }, bought()))).toEqual(ANSWERED);
    expect(await shop.stateOf(buyer, order.id)).toMatchObject({ status: 'paid' });
    expect((await buyer.balance()).balance).toBe(WELCOME + order.tokens);
  });

  test('who is not logged in to the mini program is asked to', async () => {
    const buyer = await shop.buyer();
    const body = { packageId: bought().id, ...VIRTUAL };
    const failure = (await buyer.post('/api/billing/recharge', body)).failure();
    expect(failure).toMatchObject({ status: 409, error: 'conflict' });
    expect(failure.message).toContain('请先用微信重新登录');
  });

  test('the body proves nothing: WeChat is asked, and a made-up push credits nothing', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
    expect(await send(delivery({ openid, tradeNo }, bought()))).toMatchObject({ ErrCode: 1 });
    shop.mini.pay(tradeNo, openid, 600, { status: 1, paid_fee: 0 });
    expect(await send(delivery({ openid, tradeNo }, bought()))).toMatchObject({ ErrCode: 1 });
    expect((await buyer.balance()).balance).toBe(WELCOME);
    shop.mini.pay(tradeNo, openid, 600);
    shop.mini.fail('cut');
    expect(await send(delivery({ openid, tradeNo }, bought()))).toMatchObject({ ErrCode: 1 });
    const pushes = Array.from({ length: 5 }, () => send(delivery({ openid, tradeNo }, bought())));
    for (const answer of await Promise.all(pushes)) expect(answer).toEqual(ANSWERED);
    expect((await buyer.balance()).balance).toBe(WELCOME + order.tokens);
    expect(await shop.postings(buyer)).toHaveLength(1);
  });

  test('a price that is not the package’s is not credited', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
    shop.mini.pay(tradeNo, openid, 1);
    expect(await send(delivery({ openid, tradeNo }, bought()))).toMatchObject({ ErrCode: 1 });
    expect((await shop.stateOf(buyer, order.id)).status).toBe('closed');
    expect(await shop.notices(tradeNo)).toEqual(['refused']);
    expect(errorsIn(shop.service)).toEqual([expect.stringContaining('not credited')]);
  });

  test('only WeChat may push; it may also ask whether we are there', async () => {
    const { buyer, openid } = await shop.visitor();
    const { tradeNo } = await shop.order(buyer, VIRTUAL);
    shop.mini.pay(tradeNo, openid, 600);
    const message = delivery({ openid, tradeNo }, bought());
    const forged = shop.mini.push(message, { token: 'guessed' });
    expect(await sendPush(shop.service.url, forged)).toMatchObject({ ErrCode: 1 });
    expect(await sendPush(shop.service.url, { ...forged, query: '' })).toMatchObject({
      ErrCode: 1,
    });
    const encrypted = { query: shop.mini.push({}).query, body: '{"Encrypt":"AAAA"}' };
    expect(await sendPush(shop.service.url, encrypted)).toMatchObject({ ErrCode: 1 });
    expect((await buyer.balance()).balance).toBe(WELCOME);
    const path = `${shop.service.url}/api/billing/wechat/virtual-notify`;
    const echostr = '<b>echo</b>';
    const asked = await fetch(`${path}${shop.mini.push({}).query}&echostr=${echostr}`);
    expect(asked.headers.get('content-type')).toMatch(/^text\/plain/);
    expect(await asked.text()).toBe(echostr);
    const stranger = shop.mini.push({}, { token: 'guessed' }).query;
    expect((await fetch(`${path}${stranger}&echostr=1`)).status).toBe(403);
  });

  test('pushes that are for nobody here are taken, what cannot be read is not', async () => {
    expect(await send({ Event: 'xpay_complaint_notify' }, 'text/plain')).toEqual(ANSWERED);
    expect(await send({ Event: 'xpay_goods_deliver_notify' })).toMatchObject({ ErrCode: 1 });
    expect(await send({ hello: 'world' }, 'text/xml')).toMatchObject({ ErrCode: 1 });
    const { openid } = await shop.visitor();
    const unknown = { openid, tradeNo: 'gx0000000000000000' };
    expect(await send(delivery(unknown, bought()))).toMatchObject({ ErrCode: 1 });
  });

  test('an order of WeChat Pay is not paid by a push', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer);
    shop.mini.pay(tradeNo, openid, 600);
    expect(await send(delivery({ openid, tradeNo }, bought()))).toMatchObject({ ErrCode: 1 });
    expect((await shop.stateOf(buyer, order.id)).status).toBe('pending');
  });

  test('an order nobody tells of is asked about, with a token that is renewed', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
    shop.mini.pay(tradeNo, openid, 600);
    shop.mini.expireToken();
    const { settling } = shop.service.services.recharge;
    const { knex } = shop.service.platform.database;
    const before = { created_at: new Date(Date.now() - 120_000) };
    await knex('orders').where({ id: order.id }).update(before);
    await settling.askDue();
    expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    expect(shop.mini.calls.filter((path) => path.endsWith('stable_token')).length).toBeLessThan(3);
    const second = await shop.order(buyer, VIRTUAL);
    const past = new Date(Date.now() - 1_000);
    await knex('orders').where({ id: second.order.id }).update({ expires_at: past });
    await settling.settleExpired();
    expect((await shop.stateOf(buyer, second.order.id)).status).toBe('closed');
    shop.mini.pay(second.tradeNo, openid, 600);
    expect(await send(delivery({ openid, tradeNo: second.tradeNo }, bought()))).toEqual(ANSWERED);
    expect((await shop.stateOf(buyer, second.order.id)).status).toBe('paid');
  });

  describe('an order that was closed', () => {
    const knex = () => shop.service.platform.database.knex;
    const settling = () => shop.service.services.recharge.settling;
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);
    const queries = () => shop.mini.calls.filter((path) => path.endsWith('query_order')).length;
    /** Made so long ago, asked about so long ago. */
    const age = (id: string, made: number, asked: number) =>
      knex()('orders')
        .where({ id })
        .update({
          ...{ created_at: minutesAgo(made), expires_at: minutesAgo(made - 15) },
          queried_at: minutesAgo(asked),
        });
    const closed = async () => {
      const { buyer, openid } = await shop.visitor();
      const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
      await age(order.id, 16, 16);
      shop.mini.calls.length = 0;
      await settling().settleExpired();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('closed');
      return { buyer, openid, order, tradeNo };
    };
    beforeEach(async () => {
      // Those of other stories are none of this one's.
      await knex()('orders').where({ status: 'pending' }).update({ status: 'closed' });
      await knex()('orders').update({ expires_at: minutesAgo(3 * 24 * 60) });
    });

    test('is asked about before and after, since closing it here hinders nobody from paying', async () => {
      const { buyer, openid, order, tradeNo } = await closed();
      expect(queries()).toBe(2);
      shop.mini.pay(tradeNo, openid, 600);
      await age(order.id, 17, 1);
      await settling().askDue();
      expect(queries()).toBe(2);
      await age(order.id, 17, 5);
      await Promise.all([settling().askDue(), settling().askDue()]);
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
      expect((await buyer.balance()).balance).toBe(WELCOME + order.tokens);
      const before = queries();
      await age(order.id, 60, 60);
      await settling().askDue();
      expect(queries()).toBe(before);
    });

    test('is paid when that happens between the question and the closing', async () => {
      const { buyer, openid } = await shop.visitor();
      const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
      await age(order.id, 16, 16);
      shop.mini.payAfterNextQuery(tradeNo, openid, 600);
      await settling().settleExpired();
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
    });

    test('is asked about for a day, ever more rarely', async () => {
      const { order } = await closed();
      const asked: boolean[] = [];
      for (const [made, before] of [
        [100, 20],
        [100, 30],
        [1000, 200],
        [1000, 300],
        [25 * 60, 1000],
      ] as const) {
        shop.mini.calls.length = 0;
        await age(order.id, made, before);
        await settling().askDue();
        asked.push(queries() === 1);
      }
      expect(asked).toEqual([false, true, false, true, false]);
    });

    test('is not asked about any more when it was paid wrongly and somebody was told', async () => {
      const { buyer, openid, order, tradeNo } = await closed();
      shop.mini.pay(tradeNo, openid, 1);
      for (const made of [60, 600]) {
        await age(order.id, made, made);
        await settling().askDue();
      }
      expect(await shop.notices(tradeNo)).toEqual(['refused']);
      expect(errorsIn(shop.service)).toHaveLength(1);
      expect((await buyer.balance()).balance).toBe(WELCOME);
    });
  });

  test('money goes back the same way, and a push only makes us ask', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
    shop.mini.pay(tradeNo, openid, 600);
    await send(delivery({ openid, tradeNo }, bought()));
    const admin = await shop.admin();
    const body = { amountFen: 200, reason: '不想要了' };
    const path = `/api/admin/orders/${order.id}/refund`;
    const key = { 'idempotency-key': tradeNo };
    expect((await admin.post(path, body, key)).status).toBe(200);
    const [{ refundNo } = { refundNo: '' }] = await shop.service.services.recharge.refundsOf([
      order.id,
    ]);
    expect(shop.mini.orders.get(tradeNo)?.left_fee).toBe(400);
    const told = { Event: 'xpay_refund_notify', MchRefundId: refundNo, RetCode: 0 };
    expect(await send(told)).toEqual(ANSWERED);
    expect((await shop.stateOf(buyer, order.id)).refundedFen).toBe(0);
    const atWechat = shop.mini.orders.get(refundNo);
    if (atWechat) atWechat.status = 8;
    expect(await send(told)).toEqual(ANSWERED);
    expect(await shop.stateOf(buyer, order.id)).toMatchObject({ status: 'paid', refundedFen: 200 });
    expect((await buyer.balance()).balance).toBe(WELCOME + 200_000);
    expect(JSON.stringify(shop.service.log)).not.toContain(openid);
  });
});

describeInOneMode('virtual payment, pushed in safe mode', (mode) => {
  let shop: MiniShop;
  beforeAll(async () => {
    shop = await openMiniShop(mode, { encrypted: true });
  });
  afterAll(() => shop.close());

  const send = (message: object, changed = {}) =>
    sendPush(shop.service.url, shop.mini.push(message, changed));

  test('credits by itself, once, and only what it says of this order', async () => {
    const { buyer, openid } = await shop.visitor();
    const { order, tradeNo } = await shop.order(buyer, VIRTUAL);
    const sold = shop.packageNamed('初学');
    const sound = delivery({ openid, tradeNo }, sold);
    const wrong = [
      delivery({ openid: 'o-somebody-else', tradeNo }, sold),
      delivery({ openid, tradeNo }, sold, { goods: { ActualPrice: 1 } }),
      delivery({ openid, tradeNo }, sold, { goods: { Quantity: 2 } }),
      delivery({ openid, tradeNo }, sold, { goods: { ProductId: randomUUID() } }),
      delivery({ openid, tradeNo }, sold, { top: { Env: 1 } }),
    ];
    for (const message of wrong) await send(message);
    expect(await shop.notices(tradeNo)).toEqual(Array(5).fill('refused'));
    expect((await buyer.balance()).balance).toBe(WELCOME);
    const answers = await Promise.all([send(sound), send(sound), send(sound)]);
    expect(answers).toEqual([ANSWERED, ANSWERED, ANSWERED]);
    expect((await buyer.balance()).balance).toBe(WELCOME + order.tokens);
    expect(shop.mini.calls).toEqual([]);
  });

  test('what is not encrypted, signed or meant for us is refused', async () => {
    const { buyer, openid } = await shop.visitor();
    const { tradeNo } = await shop.order(buyer, VIRTUAL);
    const sound = delivery({ openid, tradeNo }, shop.packageNamed('初学'));
    const push = shop.mini.push(sound);
    const plain = { ...push, body: JSON.stringify(sound) };
    const envelope = JSON.parse(push.body);
    const flipped = Buffer.from(envelope.Encrypt, 'base64');
    flipped[40] = (flipped[40] ?? 0) ^ 1;
    const changed = { ...envelope, Encrypt: flipped.toString('base64') };
    const attacks = [
      plain,
      { ...push, body: JSON.stringify(changed) },
      { ...push, query: push.query.replace(/msg_signature=\w+/, 'msg_signature=0') },
      { ...push, query: push.query.replace(/&msg_signature=\w+/, '') },
      shop.mini.push(sound, { appId: 'wx9999999999999999' }),
      shop.mini.push(sound, { token: 'guessed' }),
      { ...push, body: 'not json' },
    ];
    for (const attack of attacks) {
      expect(await sendPush(shop.service.url, attack)).toMatchObject({ ErrCode: 1 });
    }
    expect((await buyer.balance()).balance).toBe(WELCOME);
    expect(await shop.notices(tradeNo)).toEqual([]);
  });
});
