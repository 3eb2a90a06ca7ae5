import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { logIn } from '../support/administrator.ts';
import { idOf } from '../support/closing.ts';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { ownOrder } from '../support/shop.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';

const exported = z.object({
  exportedAt: z.iso.datetime(),
  profile: contract.user,
  wechat: z.array(z.strictObject({ client: z.string(), linkedAt: z.iso.datetime() })),
  logins: z.array(z.object({ id: z.guid(), current: z.boolean(), agent: z.string() })),
  loginLogs: z.array(z.object({ at: z.iso.datetime(), result: z.string() })),
  sessions: z.array(contract.session.extend({ messages: z.array(contract.message) })),
  balance: contract.balance,
  transactions: z.array(contract.transaction),
  orders: z.array(ownOrder.loose()),
});

describeInOneMode('a copy of all own data', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const knex = () => service.platform.database.knex;
  const take = (who: Learner) => who.get('/api/user/export');

  test('holds what is kept of the person, as the other calls tell it', async () => {
    const learner = await register(service.url);
    const again = await logIn(service.url, learner.login.user.email);
    await knex()('wechat_identities').insert({
      ...{ app_id: 'wx1', openid: 'open-secret', unionid: 'union-secret', client: 'web' },
      ...{ user_id: idOf(learner), session_key_sealed: 'sealed-secret' },
    });
    const [first, second] = [await learner.openSession(), await learner.openSession()];
    await learner.askWhole(first.id, QUESTION);
    const reply = await take(again);
    expect(Object.fromEntries(reply.headers)).toMatchObject({
      'content-type': expect.stringMatching(/^application\/json/),
      'cache-control': 'no-store',
      'content-disposition': expect.stringMatching(/^attachment/),
    });
    const data = reply.data(exported);
    const profile = (await learner.get('/api/user/profile')).data(contract.user);
    expect(data.profile).toEqual(profile);
    expect(data.wechat).toEqual([{ client: 'web', linkedAt: expect.any(String) }]);
    expect(data.logins.map(({ current }) => current).sort()).toEqual([false, true]);
    expect(data.loginLogs.map(({ result }) => result)).toEqual(['success', 'success']);
    expect(data.sessions.map(({ id }) => id)).toEqual([first.id, second.id]);
    expect(data.sessions.map(({ messages }) => messages)).toEqual([
      await learner.messages(first.id),
      [],
    ]);
    expect(data.sessions[0]?.messages[1]?.citations.length).toBeGreaterThan(0);
    expect(data.balance).toEqual(await learner.balance());
    const ledger = await learner.get('/api/billing/transactions?limit=100');
    expect(data.transactions).toEqual(ledger.data(contract.pageOf(contract.transaction)).items);
  });

  test('holds every version of an answer, the current one last', async () => {
    const learner = await register(service.url);
    const session = await learner.openSession();
    const { userMessage, message } = await learner.askWhole(session.id, QUESTION);
    const earlier = randomUUID();
    const row = { session_id: session.id, position: 1, role: 'assistant', status: 'stopped' };
    await knex()('messages').where({ id: message.id }).update({ version: 2 });
    await knex()('messages').insert({
      ...{ ...row, id: earlier, content: '从前的话', version: 1, current: false },
      question_id: userMessage.id,
    });
    const { sessions } = (await take(learner)).data(exported);
    const said = sessions[0]?.messages.map(({ id, content }) => [id, content]);
    expect(said).toEqual([
      [userMessage.id, QUESTION],
      [earlier, '从前的话'],
      [message.id, message.content],
    ]);
  });

  test('holds every order with what was given back, and nobody else’s', async () => {
    const [learner, other] = [await register(service.url), await register(service.url)];
    const before = await register(service.url);
    await knex()('users')
      .where({ id: idOf(before) })
      .update({ merged_into: idOf(learner) });
    const orderOf = async (who: Learner, more: Record<string, unknown>) => {
      const id = randomUUID();
      const package_id = knex().select('id').from('packages').orderBy('position').limit(1);
      await knex()('orders').insert({
        ...{ id, user_id: idOf(who), package_id, trade_no: id.replaceAll('-', '') },
        ...{ channel: 'wechat_native', amount_fen: 600, tokens: 300_000, expires_at: new Date() },
        ...more,
      });
      return id;
    };
    const at = (hour: number) => `2026-11-20T0${hour}:00:00.000Z`;
    const paid = { status: 'paid', paid_at: at(4), transaction_id: `4200${randomUUID()}` };
    const formerly = await orderOf(before, { status: 'closed', created_at: at(1) });
    const closed = await orderOf(learner, { status: 'closed', created_at: at(2) });
    const bought = await orderOf(learner, { ...paid, created_at: at(3) });
    await orderOf(other, { status: 'closed', created_at: at(1) });
    await knex()('refunds').insert({
      ...{ id: randomUUID(), order_id: bought, refund_no: randomUUID(), amount_fen: 200 },
      ...{ transaction_id: paid.transaction_id, tokens: 100_000, reason: '退一部分' },
      ...{ status: 'succeeded', ended_at: at(5) },
    });
    const { orders, balance } = (await take(learner)).data(exported);
    expect(orders).toMatchObject([
      { id: bought, status: 'paid', paidAt: at(4), amountFen: 600, refundedFen: 200 },
      { id: closed, status: 'closed', paidAt: null, refundedFen: 0 },
      { id: formerly, status: 'closed', paidAt: null, refundedFen: 0 },
    ]);
    const shown = await learner.get('/api/billing/orders?limit=100');
    expect(orders).toEqual(shown.data(contract.pageOf(ownOrder.loose())).items);
    expect(balance.quota).toEqual((await learner.balance()).quota);
    expect((await take(await register(service.url))).data(exported).orders).toEqual([]);
  });

  test('holds no secret and nothing of others', async () => {
    const [learner, other] = [await register(service.url), await register(service.url)];
    const session = await other.openSession({ title: '别人的对话' });
    await other.askWhole(session.id, QUESTION);
    await take(learner);
    const { text } = await take(learner);
    const { password_hash: hash } = await knex()('users')
      .where({ id: idOf(learner) })
      .first();
    const tokens = await knex()('refresh_tokens').where({ user_id: idOf(learner) });
    for (const secret of [
      ...[hash, 'argon2', learner.login.refreshToken, learner.login.accessToken],
      ...tokens.map((row) => row.token_hash),
      ...[idOf(other), other.login.user.email ?? '', session.id, '别人的对话'],
      ...['open-secret', 'union-secret', 'sealed-secret'],
    ]) {
      expect({ secret, found: text.includes(secret) }).toEqual({ secret, found: false });
    }
    expect(JSON.parse(text).data.sessions).toEqual([]);
  });

  test('is for guests too, and for nobody without a token', async () => {
    const guest = await asGuest(service.url);
    expect((await take(guest)).data(exported).profile).toEqual(guest.login.user);
    const stranger = await fetch(`${service.url}/api/user/export`);
    expect(stranger.status).toBe(401);
  });

  describe('of somebody who was here for years', () => {
    const COUNT = 230;
    let learner: Learner;
    let contents: string[];
    beforeAll(async () => {
      learner = await register(service.url);
      const { id } = await learner.openSession();
      contents = Array.from({ length: COUNT }, (_, n) => `${n} ${'学而时习之'.repeat(4_000)}`);
      for (const [position, content] of contents.entries()) {
        const message = { id: randomUUID(), session_id: id, role: 'user', status: 'complete' };
        await knex()('messages').insert({ ...message, position, content });
      }
      const moment = '2024-01-01T00:00:00.000Z';
      const many = Array.from({ length: COUNT }, () => randomUUID());
      const owner = { user_id: idOf(learner), created_at: moment };
      await knex()('sessions').insert(
        many.map((each) => ({ ...owner, id: each, title: each, mode: 'qa' })),
      );
      await knex()('ledger_journals').insert(
        many.map((each) => ({
          ...{ ...owner, id: each, kind: 'adjust', amount: 1, balance_after: 1, reason: '' },
          reference: each,
        })),
      );
      await knex()('orders').insert(
        many.map((each) => ({
          ...{ ...owner, id: each, channel: 'wechat_native', status: 'closed', amount_fen: 600 },
          ...{ trade_no: each.replaceAll('-', ''), tokens: 1, expires_at: moment },
        })),
      );
    });

    test('is whole, however long its lists are', async () => {
      const data = (await take(learner)).data(exported);
      expect(new Set(data.sessions.map(({ id }) => id)).size).toBe(COUNT + 1);
      expect(data.sessions).toHaveLength(COUNT + 1);
      expect(data.sessions.at(-1)?.messages.map(({ content }) => content)).toEqual(contents);
      expect(new Set(data.transactions.map(({ id }) => id)).size).toBe(COUNT + 1);
      expect(data.transactions).toHaveLength(COUNT + 1);
      expect(new Set(data.orders.map(({ id }) => id)).size).toBe(COUNT);
      expect(data.orders).toHaveLength(COUNT);
    });

    test('ends without a fault when nobody reads on', async () => {
      const leaving = new AbortController();
      const response = await fetch(`${service.url}/api/user/export`, {
        headers: { authorization: `Bearer ${learner.login.accessToken}` },
        signal: leaving.signal,
      });
      service.log.length = 0;
      await response.body?.getReader().read();
      leaving.abort();
      await eventually('it is over', () => service.log.some(({ msg }) => msg === 'request'));
      expect((await take(learner)).status).toBe(200);
      expect(errorsIn(service)).toEqual([]);
    });
  });
});
