import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import type { Price, Rates } from '../../backend/billing/prices/price.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(120_000);

const of = (prompt: number, completion: number): Rates => ({ cached: prompt, prompt, completion });
const [OLD, NEW] = [of(1_000, 2_000), of(3_000, 5_000)];
const LONG_AGO = new Date('2026-01-01T00:00:00Z');
const COUNTS = { promptTokens: 100, cachedTokens: 0, completionTokens: 50 };
const QUESTION = { promptTokens: 100, maxOutputTokens: 1_000, minOutputTokens: 1 };
const ALL_BUT_THE_DATE = [
  ...(['nextTick', 'queueMicrotask', 'hrtime', 'performance'] as const),
  ...(['setImmediate', 'clearImmediate', 'setInterval', 'clearInterval'] as const),
  ...(['setTimeout', 'clearTimeout'] as const),
];

describeInBothModes('a question is settled by the price it was asked at', (mode) => {
  let space: LedgerSpace;
  let userId: string;
  let model: string;
  let old: Price;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
  });
  beforeEach(async () => {
    userId = await newLearner(space, 100_000);
    model = `model-${randomUUID()}`;
    old = await priced(OLD, LONG_AGO);
  });
  afterEach(() => expectSoundBooks(space));
  afterAll(() => space.dispose());

  async function priced(rates: Rates, effectiveFrom: Date, name = model): Promise<Price> {
    const provider = { providerOffPeak: rates, providerPeak: rates, currency: 'CNY' };
    const price = { model: name, effectiveFrom, offPeak: rates, peak: rates, ...provider };
    const inserted = await space.stores.prices.insert(price, randomUUID());
    if (!inserted) throw new Error('there was such a price');
    return inserted;
  }
  async function ask(): Promise<string> {
    const messageId = randomUUID();
    await space.transact(({ charges }) =>
      charges.reserve({ userId, messageId, model, ...QUESTION }),
    );
    return messageId;
  }
  const settle = (messageId: string, answering = model) =>
    space.transact(({ charges }) =>
      charges.settle(messageId, { model: answering, ...COUNTS }, '提问'),
    );
  const aMinuteAgo = () => new Date(Date.now() - 60_000);

  // The embedded database has one connection and the clock of the process.
  if (mode === 'services') {
    test('also when a price is committed that was being written when it was asked', async () => {
      let messageId = '';
      await space.transact(async ({ prices }) => {
        const rates = { offPeak: NEW, peak: NEW, providerOffPeak: NEW, providerPeak: NEW };
        const row = { model, currency: 'CNY', effectiveFrom: await prices.now(), ...rates };
        await prices.insert(row, randomUUID());
        messageId = await ask();
      });
      expect(await settle(messageId)).toMatchObject({ cost: 200, priceId: old.id });
      expect(await settle(await ask())).toMatchObject({ cost: 550 });
    });

    test('though the clock of whoever accepted it goes wrong', async () => {
      const { moment } = await space.stores.prices.inForceNow(model);
      const later = await priced(NEW, new Date(moment.getTime() + 3_600_000));
      jest.useFakeTimers({ now: later.effectiveFrom.getTime() + 1, doNotFake: ALL_BUT_THE_DATE });
      const messageId = await ask();
      jest.useRealTimers();
      const receipt = await settle(messageId);
      expect(receipt).toMatchObject({ cost: 200, priceId: old.id });
      const { knex } = space.database;
      const row = await knex('reservations').where({ message_id: messageId }).first();
      expect(row).toMatchObject({ price_id: old.id, model, peak: receipt?.peak });
      expect(row.created_at.getTime() - moment.getTime()).toBeLessThan(60_000);
    });
  }

  test('also by a price that says, once it is written, that it held before', async () => {
    const messageId = await ask();
    await priced(NEW, aMinuteAgo());
    expect(await settle(messageId)).toMatchObject({ cost: 200, priceId: old.id, rates: OLD });
    expect(await settle(await ask())).toMatchObject({ cost: 550, rates: NEW });
  });

  test('also where the provider answers with a dated name of the model', async () => {
    const messageId = await ask();
    await priced(NEW, aMinuteAgo());
    const receipt = await settle(messageId, `${model}-1017`);
    expect(receipt).toMatchObject({ cost: 200, priceId: old.id });
  });

  test('where another model answers, by that model’s at the same moment', async () => {
    const other = `other-${randomUUID()}`;
    const price = await priced(of(500, 500), LONG_AGO, other);
    const messageId = await ask();
    await priced(NEW, new Date(Date.now() + 1), other);
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(await settle(messageId, other)).toMatchObject({ cost: 75, priceId: price.id });
  });
});
