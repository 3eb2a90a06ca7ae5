import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createQuestionAcceptance } from '../../backend/chat/question-acceptance.ts';
import { AppError } from '../../backend/errors.ts';
import { acceptanceSurroundings } from '../support/acceptance-surroundings.ts';
import { allAtOnce } from '../support/all-at-once.ts';
import { RATES } from '../support/ledger-model.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(240_000);

const MODEL = 'model-of-the-test';
const PROMPT_TOKENS = 200;
/** What a question of the usual length sets aside. */
const WHOLE = PROMPT_TOKENS + 2 * 600;
const AFFORDABLE = 50;
const IN_FLIGHT = 60;

describeInBothModes('many questions at once on one balance', (mode) => {
  const questions = mode === 'services' ? 1_000 : 120;
  let space: LedgerSpace;
  let accept: ReturnType<typeof acceptanceWith>;
  const acceptanceWith = (passageTokens: { most: number; least: number }) =>
    createQuestionAcceptance(space.transact, acceptanceSurroundings(space.stores), {
      owner: 'test',
      leaseUntil: () => new Date(Date.now() + 60_000),
      usualModel: MODEL,
      quotaGate: { pass: (_, work) => work() },
      maxOutputTokens: 600,
      promptTokens: () => PROMPT_TOKENS,
      passageTokens,
      cohortOf: () => undefined,
    });
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    const provider = { providerOffPeak: RATES, providerPeak: RATES, currency: 'CNY' };
    const effectiveFrom = new Date('2026-01-01T00:00:00Z');
    const price = { model: MODEL, effectiveFrom, offPeak: RATES, peak: RATES, ...provider };
    await space.stores.prices.insert(price, randomUUID());
    accept = acceptanceWith({ most: 0, least: 0 });
  });
  afterAll(() => space.dispose());

  async function sessionsOf(userId: string): Promise<string[]> {
    const rows = Array.from({ length: questions }, () => ({
      ...{ id: randomUUID(), user_id: userId, title: '新对话', mode: 'qa' },
    }));
    await space.database.knex.batchInsert('sessions', rows, 200);
    return rows.map(({ id }) => id);
  }

  const askAll = (userId: string, sessionIds: readonly string[]) =>
    allAtOnce(sessionIds, IN_FLIGHT, (sessionId) =>
      accept({ userId, sessionId, content: '何谓仁？' }).then(
        () => 200,
        (error: unknown) => (error instanceof AppError ? error.status : String(error)),
      ),
    );

  const count = (statuses: readonly unknown[], wanted: unknown) =>
    statuses.filter((status) => status === wanted).length;

  const reservationsOf = async (userId: string) =>
    (await space.database.knex('reservations').where({ user_id: userId })).map(
      (row): { id: string; amount: number } => ({ id: row.message_id, amount: Number(row.amount) }),
    );

  test('as many are accepted as the balance buys, and the rest is told why not', async () => {
    const userId = await newLearner(space, AFFORDABLE * WHOLE, { plan: 'vip' });
    const sessionIds = await sessionsOf(userId);
    const statuses = await askAll(userId, sessionIds);
    expect([count(statuses, 200), count(statuses, 402)]).toEqual([
      AFFORDABLE,
      questions - AFFORDABLE,
    ]);
    const everything = AFFORDABLE * WHOLE;
    expect(await space.stores.ledger.read(userId)).toEqual({
      balance: everything,
      held: everything,
    });
    const written = await space.database
      .knex('messages')
      .whereIn('session_id', sessionIds)
      .count({ count: '*' });
    expect(Number(written[0]?.count)).toBe(2 * AFFORDABLE);
    await expectSoundBooks(space);

    // All of them end at once, and are ended twice, while others are still asking.
    const reservations = await reservationsOf(userId);
    const usage = { model: MODEL, promptTokens: 100, cachedTokens: 0, completionTokens: 7 };
    const [receipts, more] = await Promise.all([
      allAtOnce([...reservations, ...reservations], IN_FLIGHT, ({ id }) =>
        space.transact(({ charges }) => charges.settle(id, usage, '提问')),
      ),
      askAll(userId, sessionIds.slice(0, 100)),
    ]);
    const costs = receipts.flatMap((receipt) => (receipt ? [receipt.cost] : []));
    expect(costs).toEqual(Array.from({ length: AFFORDABLE }, () => 114));
    const accepted = count(more, 200);
    expect(count(more, 402) + count(more, 409) + accepted).toBe(100);
    const later = (await reservationsOf(userId)).slice(AFFORDABLE);
    const { balance, held } = await space.stores.ledger.read(userId);
    expect(balance).toBe(everything - AFFORDABLE * 114);
    const heldBy = (await space.database
      .knex('reservations')
      .where({ user_id: userId, status: 'held' })
      .sum({ held: 'amount' })) as { held: string }[];
    expect(held).toBe(Number(heldBy[0]?.held ?? 0));
    expect(later).toHaveLength(accepted);
    await expectSoundBooks(space);
  });

  test('the last one is shortened to what is left before it is refused', async () => {
    const remainder = PROMPT_TOKENS + 2 * 300;
    const userId = await newLearner(space, 3 * WHOLE + remainder, { plan: 'vip' });
    const statuses = await askAll(userId, (await sessionsOf(userId)).slice(0, 30));
    expect([count(statuses, 200), count(statuses, 402)]).toEqual([4, 26]);
    const amounts = (await reservationsOf(userId)).map(({ amount }) => amount);
    expect(amounts.sort((one, other) => one - other)).toEqual([remainder, WHOLE, WHOLE, WHOLE]);
    await expectSoundBooks(space);
  });

  test('the last tokens are spent with fewer passages, then on a shorter answer', async () => {
    const acceptWithPassages = acceptanceWith({ most: 150, least: 50 });
    const given = async (tokens: number) => {
      const userId = await newLearner(space, tokens, { plan: 'vip' });
      const [sessionId = ''] = await sessionsOf(userId);
      const acceptance = await acceptWithPassages({ userId, sessionId, content: '何谓仁？' });
      if (acceptance.repeated) throw new Error('nothing was asked before');
      const { held } = await space.stores.ledger.read(userId);
      const { passageTokens, maxOutputTokens } = acceptance.accepted.options;
      return { held, passageTokens, maxOutputTokens };
    };
    expect(await given(9_999)).toEqual({ held: 1_400, passageTokens: 150, maxOutputTokens: 600 });
    expect(await given(1_330)).toEqual({ held: 1_330, passageTokens: 80, maxOutputTokens: 600 });
    expect(await given(700)).toEqual({ held: 700, passageTokens: 50, maxOutputTokens: 300 });
    expect(await given(612)).toEqual({ held: 612, passageTokens: 50, maxOutputTokens: 256 });
    await expect(given(611)).rejects.toMatchObject({ status: 402, needed: 612 });
    await expectSoundBooks(space);
  });
});
