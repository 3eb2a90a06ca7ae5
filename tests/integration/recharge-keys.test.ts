import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Knex } from 'knex';
import { z } from 'zod';
import { createPackageService } from '../../backend/billing/packages/package-service.ts';
import { createRecharge } from '../../backend/billing/recharge/compose-recharge.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { wechatPayEnvironment, wechatPayOf } from '../../backend/wechat-pay-config.ts';
import { type LedgerSpace, newLearner, openLedgerSpace } from '../support/ledger-space.ts';
import {
  type Death,
  type MortalDatabase,
  openMortalServer,
  ProcessDied,
} from '../support/mortal-database.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWithServers } from '../support/service-space.ts';
import { startWechatPayStandIn, type WechatPayStandIn } from '../support/wechat-pay-stand-in.ts';

jest.setTimeout(120_000);

const MOMENTS = ['before', 'after'] as const;

/** What is asked with a key is done once, wherever the process dies that was asked first. */
describeWithServers('a key', () => {
  let space: LedgerSpace;
  let wechat: WechatPayStandIn;
  beforeAll(async () => {
    wechat = await startWechatPayStandIn({ publicKey: true });
    space = await openLedgerSpace('services');
  });
  afterAll(async () => {
    await space.dispose();
    await wechat.close();
  });

  const shopOn = (knex: Knex) =>
    createRecharge({
      ...{ stores: composeStores(knex), transact: createTransact(knex), logger: silentLogger },
      wechatPay: wechatPayOf(z.object(wechatPayEnvironment).parse(wechat.environment)),
      ...{ virtualPayment: undefined, miniProgram: undefined },
      payers: { openidOf: async () => undefined },
      sessionKeys: { of: async () => undefined },
      publicUrl: wechat.environment.PUBLIC_URL ?? '',
    });
  /** After so long somebody who left a key behind counts as dead. */
  const aMinuteLater = () =>
    space.database
      .knex('idempotency_keys')
      .update({ created_at: space.database.knex.raw(`created_at - interval '61 seconds'`) });

  async function dies(work: (mortal: MortalDatabase) => Promise<unknown>, death: Death) {
    const mortal = await openMortalServer(space.place, death);
    try {
      await work(mortal);
      return false;
    } catch (error) {
      // A provider that could not be asked, as it looks to somebody who is dying.
      const cause = error instanceof Error ? error.cause : undefined;
      if (error instanceof ProcessDied || cause instanceof ProcessDied) return true;
      throw error;
    } finally {
      await mortal.bury();
    }
  }

  /** Lets a process die at each statement of `work` in turn, and looks on afterwards. */
  async function atEachDeath(
    story: () => Promise<{
      work: (mortal: MortalDatabase) => Promise<unknown>;
      after: () => Promise<void>;
    }>,
  ): Promise<number> {
    let deaths = 0;
    for (let statement = 1; ; statement += 1) {
      const survived: boolean[] = [];
      for (const moment of MOMENTS) {
        const { work, after } = await story();
        survived.push(!(await dies(work, { statement, moment })));
        await aMinuteLater();
        await after();
      }
      if (survived.every(Boolean)) return deaths;
      deaths += survived.filter((each) => !each).length;
    }
  }

  test('makes one order, which a price that changes meanwhile does not make two', async () => {
    const { knex } = space.database;
    const deaths = await atEachDeath(async () => {
      const userId = await newLearner(space);
      const [packageId, key] = [randomUUID(), randomUUID()];
      const offer = { id: packageId, title: '试卖', tokens: 5_000, amount_fen: 100, position: 9 };
      await knex('packages').insert(offer);
      const wanted = { packageId, channel: 'wechat_native' } as const;
      const ask = (on: Knex) => shopOn(on).orders.order(userId, wanted, key);
      const mine = () => knex('orders').where({ user_id: userId });
      return {
        work: (mortal) => ask(mortal.knex),
        async after() {
          const before = await mine();
          await knex('packages').where({ id: packageId }).update({ amount_fen: 200 });
          const first = await ask(knex);
          expect(await Promise.all([ask(knex), ask(knex)])).toEqual([first, first]);
          const after = await mine();
          expect(after).toMatchObject([{ id: first.order.id }]);
          if (before.length > 0) expect(after).toMatchObject([{ amount_fen: 100 }]);
          expect(wechat.orderOf(after[0].trade_no).total).toBe(first.order.amountFen);
        },
      };
    });
    expect(deaths).toBeGreaterThan(20);
  });

  test('makes another order of one that ran out before anybody was told of it', async () => {
    const { knex } = space.database;
    const userId = await newLearner(space);
    const { id: packageId } = await knex('packages').first();
    const ask = () =>
      shopOn(knex).orders.order(userId, { packageId, channel: 'wechat_native' }, 'key');
    wechat.fail('prepay', 'cut');
    await expect(ask()).rejects.toMatchObject({ status: 503 });
    const [left] = await knex('orders').where({ user_id: userId });
    await knex('orders')
      .where({ id: left.id })
      .update({ expires_at: new Date(Date.now() - 1_000) });
    const made = await ask();
    expect(made.order.id).not.toBe(left.id);
    expect(made.payment).toHaveProperty('codeUrl');
    expect(await ask()).toEqual(made);
  });

  test('adds one package, on record once', async () => {
    const { knex } = space.database;
    const deaths = await atEachDeath(async () => {
      const by = { userId: await newLearner(space), address: '127.0.0.1' };
      const title = `一次 ${randomUUID().slice(0, 8)}`;
      const none = { plan: null, planDays: null };
      const offer = { title, tokens: 50_000, amountFen: 100, position: 9, ...none };
      const add = (on: Knex) =>
        createPackageService({ stores: composeStores(on), transact: createTransact(on) }).add(
          by,
          offer,
          'key',
        );
      return {
        work: (mortal) => add(mortal.knex),
        async after() {
          const first = await add(knex);
          await knex('packages').where({ id: first.id }).update({ position: 8 });
          expect(await add(knex)).toEqual(first);
          expect(await knex('packages').where({ title })).toHaveLength(1);
          expect(await knex('audit_log').where({ actor_id: by.userId })).toHaveLength(1);
        },
      };
    });
    expect(deaths).toBeGreaterThan(8);
  });
});
