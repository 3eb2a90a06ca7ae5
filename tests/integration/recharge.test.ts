import { createVerify, randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Learner, register, visit } from '../support/service-client.ts';
import { describeInBothModes, describeInOneMode, openSpace } from '../support/service-space.ts';
import { openShop, ownOrder, type Shop, ticket } from '../support/shop.ts';
import { errorsIn } from '../support/start-service.ts';
import { sendNotice } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(60_000);

const WELCOME = 20_000;

describeInBothModes('recharging', (mode) => {
  let shop: Shop;
  let buyer: Learner;
  beforeAll(async () => {
    shop = await openShop(mode);
  });
  beforeEach(async () => {
    buyer = await shop.buyer();
  });
  afterEach(() => {
    expect(errorsIn(shop.service)).toEqual([]);
  });
  afterAll(() => shop.close());

  test('a learner orders, pays, and has the tokens', async () => {
    const bought = shop.packageNamed('勤学');
    const { order, payment, tradeNo } = await shop.order(buyer, { packageId: bought.id });
    expect(order).toMatchObject({
      status: 'pending',
      amountFen: bought.amountFen,
      tokens: bought.tokens,
    });
    expect(Date.parse(order.expiresAt) - Date.now()).toBeGreaterThan(14 * 60_000);
    expect(payment).toEqual({ codeUrl: expect.stringMatching(/^weixin:\/\/wxpay/) });
    expect(shop.wechat.orderOf(tradeNo)).toMatchObject({ description: '勤学', total: 2000 });
    expect((await buyer.balance()).balance).toBe(WELCOME);

    const reply = await shop.payFor(tradeNo);
    expect({ status: reply.status, body: await reply.json() }).toEqual({
      status: 200,
      body: { code: 'SUCCESS', message: '成功' },
    });
    const paid = await shop.stateOf(buyer, order.id);
    expect(paid).toMatchObject({ status: 'paid', channel: 'wechat_native', refundedFen: 0 });
    expect(Date.parse(paid.paidAt ?? '')).toBeLessThanOrEqual(Date.now());
    expect((await buyer.balance()).balance).toBe(WELCOME + bought.tokens);
    expect(await shop.postings(buyer)).toEqual([
      { type: 'recharge', amount: bought.tokens, reason: '充值：勤学' },
    ]);
  });

  test('two clicks at once are one order', async () => {
    const tickets = await Promise.all(Array.from({ length: 6 }, () => shop.order(buyer)));
    expect(new Set(tickets.map(({ order }) => order.id)).size).toBe(1);
    expect(new Set(tickets.map(({ payment }) => payment.codeUrl)).size).toBe(1);
  });

  test('the same key is the same reply, another body under it is refused', async () => {
    const key = randomUUID();
    const body = { packageId: shop.packages[0]?.id, channel: 'wechat_native' };
    const ask = (wanted: object = body) =>
      buyer.post('/api/billing/recharge', wanted, { 'idempotency-key': key });
    const replies = await Promise.all([ask(), ask(), ask()]);
    const [first] = replies.map((reply) => reply.data(ticket, 201));
    for (const reply of replies) expect(reply.data(ticket, 201)).toEqual(first);
    for (const other of [
      { ...body, packageId: shop.packageNamed('博学').id },
      { ...body, channel: 'wechat_jsapi' },
    ]) {
      expect((await ask(other)).failure()).toMatchObject({
        status: 409,
        error: 'idempotency_conflict',
      });
    }
    const { knex } = shop.service.platform.database;
    const row = await knex('orders').where({ id: first?.order.id }).first();
    await shop.payFor(row.trade_no);
    // Even though another order would be made of it without the key.
    expect((await ask()).data(ticket, 201)).toEqual(first);
    expect(await knex('orders').where({ user_id: buyer.login.user.id })).toHaveLength(1);
    expect(await shop.postings(buyer)).toHaveLength(1);
  });

  test('what an account ordered that became part of another is the other’s', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    const heir = await shop.buyer();
    await shop.service.platform.database
      .knex('users')
      .where({ id: buyer.login.user.id })
      .update({ merged_into: heir.login.user.id });
    await shop.payFor(tradeNo);
    expect((await heir.balance()).balance).toBe(WELCOME + order.tokens);
    expect((await shop.stateOf(heir, order.id)).status).toBe('paid');
    const { items } = (await heir.get('/api/billing/orders')).data(contract.pageOf(ownOrder));
    expect(items.map(({ id }) => id)).toEqual([order.id]);
    expect((await buyer.balance()).balance).toBe(WELCOME);
  });

  test('own orders come newest first, page by page', async () => {
    const made = [];
    for (const { id: packageId } of shop.packages) {
      made.push((await shop.order(buyer, { packageId })).order.id);
    }
    const page = contract.pageOf(ownOrder);
    const first = (await buyer.get('/api/billing/orders?limit=3')).data(page);
    const next = `/api/billing/orders?limit=3&cursor=${first.nextCursor}`;
    const second = (await buyer.get(next)).data(page);
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual(made.reverse());
    expect(second.nextCursor).toBeNull();
  });
});

describeInOneMode('recharging, whatever is in the way', (mode) => {
  let shop: Shop;
  let buyer: Learner;
  beforeAll(async () => {
    shop = await openShop(mode, {}, { publicKey: true });
  });
  beforeEach(async () => {
    buyer = await shop.buyer();
    shop.service.log.length = 0;
  });
  afterAll(() => shop.close());

  const expire = (id: string) =>
    shop.service.platform.database
      .knex('orders')
      .where({ id })
      .update({ expires_at: new Date(Date.now() - 1_000) });

  test('whoever asks again gets the same order and the same code, while it can be paid', async () => {
    const first = await shop.order(buyer);
    const again = await Promise.all([shop.order(buyer), shop.order(buyer), shop.order(buyer)]);
    for (const each of again) expect(each).toEqual(first);
    const other = await shop.order(buyer, { packageId: shop.packageNamed('博学').id });
    expect(other.order.id).not.toBe(first.order.id);
    await expire(first.order.id);
    const later = await shop.order(buyer);
    expect(later.order.id).not.toBe(first.order.id);
    expect(later.payment).not.toEqual(first.payment);
    const strangers = await shop.order(await shop.buyer());
    expect(strangers.order.id).not.toBe(later.order.id);
  });

  test('what a package costs meanwhile makes another order of it', async () => {
    const { knex } = shop.service.platform.database;
    const [row] = await knex('packages').insert(
      { id: randomUUID(), title: '试卖', tokens: 5_000, amount_fen: 100, position: 9 },
      '*',
    );
    const before = await shop.order(buyer, { packageId: row.id });
    await knex('packages').where({ id: row.id }).update({ amount_fen: 200 });
    const after = await shop.order(buyer, { packageId: row.id });
    expect([before.order.amountFen, after.order.amountFen]).toEqual([100, 200]);
    await shop.payFor(before.tradeNo);
    expect((await shop.stateOf(buyer, before.order.id)).status).toBe('paid');
    await knex('packages').where({ id: row.id }).update({ retired_at: new Date() });
    const body = { packageId: row.id, channel: 'wechat_native' };
    expect((await buyer.post('/api/billing/recharge', body)).failure().status).toBe(404);
  });

  test('within WeChat it is paid by JSAPI, by somebody whom WeChat knows', async () => {
    const body = { packageId: shop.packages[0]?.id, channel: 'wechat_jsapi' };
    const refused = (await buyer.post('/api/billing/recharge', body)).failure();
    expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    expect(refused.message).toContain('请先用微信重新登录');
    const { appId, publicKey } = shop.wechat.merchant;
    await shop.service.platform.database.knex('wechat_identities').insert({
      ...{ app_id: appId, openid: `o-${buyer.login.user.id}`, client: 'web' },
      user_id: buyer.login.user.id,
    });
    const { payment, tradeNo, order } = await shop.order(buyer, body);
    expect(shop.wechat.orderOf(tradeNo).openid).toBe(`o-${buyer.login.user.id}`);
    expect(payment).toMatchObject({ appId, signType: 'RSA' });
    const { timeStamp, nonceStr, package: prepay, paySign = '' } = payment;
    const message = `${appId}\n${timeStamp}\n${nonceStr}\n${prepay}\n`;
    const signed = createVerify('RSA-SHA256').update(message).verify(publicKey, paySign, 'base64');
    expect({ prepay, signed }).toEqual({
      prepay: expect.stringMatching(/^prepay_id=wx/),
      signed: true,
    });
    const again = await shop.order(buyer, body);
    expect(again.payment.package).toBe(prepay);
    expect(again.order).toEqual(order);
    const native = await shop.order(buyer);
    expect(native.order.id).not.toBe(order.id);
    await shop.payFor(tradeNo);
    expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
  });

  test('a plan comes with some, and one that runs goes on from its end', async () => {
    const packageId = shop.packageNamed('会员一月').id;
    const buy = async () => shop.payFor((await shop.order(buyer, { packageId })).tradeNo);
    const until = async () => {
      const row = await shop.service.platform.database
        .knex('users')
        .where({ id: buyer.login.user.id })
        .first('plan', 'plan_until');
      expect(row.plan).toBe('vip');
      return (row.plan_until.getTime() - Date.now()) / 86_400_000;
    };
    await buy();
    expect(await until()).toBeCloseTo(31, 1);
    await buy();
    expect(await until()).toBeCloseTo(62, 1);
  });

  test('a key that stood for an order redeems no code, and the other way round', async () => {
    const { redeemCodes } = shop.service.services.billing;
    const by = { userId: (await shop.admin()).login.user.id, address: '127.0.0.1' };
    const { codes } = await redeemCodes.issue(by, { count: 2, tokens: 700, note: '' });
    const ask = (wanted: object, key: string) =>
      buyer.post('/api/billing/recharge', wanted, { 'idempotency-key': key });
    const packaged = { packageId: shop.packages[0]?.id, channel: 'wechat_native' };
    const [first, second] = codes.map((redeemCode) => ({ channel: 'redeem_code', redeemCode }));
    const conflict = { status: 409, error: 'idempotency_conflict' };
    expect((await ask(packaged, 'one')).status).toBe(201);
    expect((await ask({ ...first }, 'one')).failure()).toMatchObject(conflict);
    expect((await ask({ ...first }, 'two')).status).toBe(201);
    expect((await ask(packaged, 'two')).failure()).toMatchObject(conflict);
    expect((await ask({ ...second }, 'two')).failure()).toMatchObject(conflict);
    expect((await ask({ ...first }, 'two')).status).toBe(201);
    expect((await buyer.balance()).balance).toBe(WELCOME + 700);
    // What came to nothing leaves the key free.
    const wrong = { ...packaged, packageId: randomUUID() };
    expect((await ask(wrong, 'three')).failure().status).toBe(404);
    expect((await ask({ ...second }, 'three')).status).toBe(201);
  });

  test('orders are their owner’s only; guests buy nothing', async () => {
    const { order } = await shop.order(buyer);
    const stranger = await shop.buyer();
    expect((await stranger.get(`/api/billing/orders/${order.id}`)).failure().status).toBe(404);
    const { items } = (await stranger.get('/api/billing/orders')).data(contract.pageOf(ownOrder));
    expect(items).toEqual([]);
    const guest = await asGuest(shop.service.url);
    const body = { packageId: shop.packages[0]?.id, channel: 'wechat_native' };
    expect((await guest.post('/api/billing/recharge', body)).failure().status).toBe(403);
    expect((await buyer.get(`/api/billing/orders/${randomUUID()}`)).failure().status).toBe(404);
  });

  test('what makes no sense is refused, every fault named', async () => {
    const bodies = [
      {},
      { channel: 'alipay', packageId: randomUUID() },
      { channel: 'wechat_native' },
      { channel: 'wechat_native', packageId: 'one' },
      { channel: 'redeem_code' },
    ];
    for (const body of bodies) {
      const failure = (await buyer.post('/api/billing/recharge', body)).failure();
      expect({ body, ...failure }).toMatchObject({ status: 400, error: 'invalid_input' });
    }
    const unknown = { channel: 'wechat_native', packageId: randomUUID() };
    expect((await buyer.post('/api/billing/recharge', unknown)).failure().status).toBe(404);
    const virtual = { channel: 'wechat_virtual', packageId: shop.packages[0]?.id };
    const failure = (await buyer.post('/api/billing/recharge', virtual)).failure();
    expect(failure).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(failure.message).toBe(
      '本站没有开通小程序支付，请改用：微信扫码支付、微信内支付、兑换码。',
    );
    const { channels } = (await buyer.get('/api/billing/packages')).data(
      z.object({ channels: z.array(z.string()) }),
    );
    const message = `可以用：${channels.join('、')}`;
    expect(failure.details).toEqual([{ path: 'channel', message }]);
  });

  test.each([
    ['is broken', { status: 500, code: 'SYSTEM_ERROR' }],
    ['is too busy', { status: 429, code: 'FREQUENCY_LIMITED' }],
    ['hangs up', 'cut'],
    ['does not sign', 'unsigned'],
    ['signs with a stranger’s key', 'wrong signature'],
    ['signs something else', 'wrong nonce'],
  ] as const)(
    'when it %s the learner is told, and the next try is the same order',
    async (_, fault) => {
      shop.wechat.fail('prepay', fault);
      const body = { packageId: shop.packages[0]?.id, channel: 'wechat_native' };
      const failure = (await buyer.post('/api/billing/recharge', body)).failure();
      expect(failure).toMatchObject({ status: 503, error: 'unavailable' });
      const { order, tradeNo } = await shop.order(buyer);
      const rows = await shop.service.platform.database
        .knex('orders')
        .where({ user_id: buyer.login.user.id });
      expect(rows.map(({ id }) => id)).toEqual([order.id]);
      await shop.payFor(tradeNo);
      expect((await shop.stateOf(buyer, order.id)).status).toBe('paid');
      const said = JSON.stringify(shop.service.log);
      for (const secret of ['PRIVATE KEY', shop.wechat.apiV3Key, 'weixin://', 'openid']) {
        expect(said).not.toContain(secret);
      }
    },
  );

  test('a number that WeChat Pay takes for used up is left, and a new order made', async () => {
    shop.wechat.fail('prepay', { status: 403, code: 'OUT_TRADE_NO_USED' });
    const { order, payment } = await shop.order(buyer);
    expect(payment.codeUrl).toBeTruthy();
    const rows = await shop.service.platform.database
      .knex('orders')
      .where({ user_id: buyer.login.user.id })
      .orderBy('created_at');
    expect(rows.map(({ id, status }) => ({ isNew: id === order.id, status }))).toEqual([
      { isNew: false, status: 'closed' },
      { isNew: true, status: 'pending' },
    ]);
  });

  test('a number that is used up because it was paid is credited, and nothing is left to pay', async () => {
    const { order, tradeNo } = await shop.order(buyer);
    await shop.service.platform.database
      .knex('orders')
      .where({ id: order.id })
      .update({ payment: null });
    shop.wechat.pay(tradeNo);
    const again = await shop.order(buyer);
    expect(again).toMatchObject({ order: { id: order.id, status: 'paid' }, payment: {} });
    expect(await shop.postings(buyer)).toHaveLength(1);
  });
});

describeInOneMode('a site without WeChat Pay', (mode) => {
  test('says so, to learners and to WeChat', async () => {
    const space = await openSpace(mode);
    const service = await space.start({}, { waitForLibrary: false });
    const buyer = await register(service.url);
    const [bought] = await service.platform.database.knex('packages').limit(1);
    for (const channel of ['wechat_native', 'wechat_jsapi', 'wechat_virtual']) {
      const reply = await buyer.post('/api/billing/recharge', { packageId: bought.id, channel });
      expect(reply.failure()).toMatchObject({ status: 400, error: 'invalid_input' });
      expect(reply.failure().details).toEqual([
        { path: 'channel', message: '可以用：redeem_code' },
      ]);
    }
    // Neither will pass by itself; WeChat comes again in case that somebody sees to it.
    const notice = { body: '{}', headers: {} };
    expect((await sendNotice(service.url, notice)).status).toBe(404);
    const push = await visit(service.url).post('/api/billing/wechat/virtual-notify');
    expect(push.failure()).toMatchObject({ status: 404, error: 'not_found' });
    await service.services.recharge.settling.askDue();
    expect(await service.platform.database.knex('orders')).toEqual([]);
    await space.dispose();
  });
});
