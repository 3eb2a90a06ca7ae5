import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import fc from 'fast-check';
import { postKeyed } from '../../backend/billing/ledger/keyed-journal.ts';
import { AppError } from '../../backend/errors.ts';
import {
  type Command,
  explanations,
  journalOf,
  type LedgerState,
  OUTPUT,
  type Outcome,
  RATES,
} from '../support/ledger-model.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { describeInBothModes } from '../support/service-space.ts';
import { thoroughness } from '../support/thoroughness.ts';

jest.setTimeout(240_000);

const USERS = 3;
const MODEL = 'model-of-the-test';

const user = fc.nat({ max: USERS - 1 });
const key = fc.nat({ max: 3 });
const QUESTIONS = 10;
const question = fc.nat({ max: QUESTIONS - 1 });
const command: fc.Arbitrary<Command> = fc.oneof(
  fc.record({
    type: fc.constantFrom('grant' as const, 'recharge' as const),
    ...{ user, key },
  }),
  fc.record({
    type: fc.constantFrom('consume' as const, 'refund' as const, 'adjust' as const),
    ...{ user, key },
  }),
  {
    weight: 2,
    arbitrary: fc.record({
      type: fc.constant('reserve' as const),
      promptTokens: fc.integer({ min: 1, max: 300 }),
      ...{ user, question },
    }),
  },
  fc.record({
    type: fc.constant('settle' as const),
    promptTokens: fc.nat({ max: 300 }),
    completionTokens: fc.nat({ max: 600 }),
    question,
  }),
  fc.record({ type: fc.constant('release' as const), question }),
  fc
    .record({ type: fc.constant('transfer' as const), user, to: user })
    .filter(({ user: from, to }) => from !== to),
);
/** Rounds of what is asked for at the same time. */
const rounds = fc
  .array(fc.array(command, { minLength: 1, maxLength: 4 }), { minLength: 3, maxLength: 12 })
  .map(withoutRepeatedQuestions);

/** An answer has an id of its own: nothing is set aside for it twice. */
function withoutRepeatedQuestions(all: readonly (readonly Command[])[]): Command[][] {
  const asked = new Set<number>();
  return all.map((commands) =>
    commands.filter((each) => {
      if (each.type !== 'reserve') return true;
      const isNew = !asked.has(each.question);
      asked.add(each.question);
      return isNew;
    }),
  );
}

describeInBothModes('the ledger beside a model of it', (mode) => {
  let space: LedgerSpace;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    const provider = { providerOffPeak: RATES, providerPeak: RATES, currency: 'CNY' };
    const effectiveFrom = new Date('2026-01-01T00:00:00Z');
    const price = { model: MODEL, effectiveFrom, offPeak: RATES, peak: RATES, ...provider };
    await space.stores.prices.insert(price, randomUUID());
  });
  afterAll(() => space.dispose());

  test('some order of what happened at once explains all that was said and is left', async () => {
    await fc.assert(
      fc.asyncProperty(rounds, async (asked) => {
        const world = await newWorld();
        let state: LedgerState = {
          users: Array.from({ length: USERS }, () => ({ balance: 0, held: 0 })),
          written: new Set(),
          reservations: new Map(),
        };
        for (const commands of asked) {
          const outcomes = await Promise.all(commands.map((each) => perform(world, each)));
          const left = await Promise.all(world.users.map((id) => space.stores.ledger.read(id)));
          const explained = explanations(state, commands, outcomes).find(
            ({ users }) => JSON.stringify(users) === JSON.stringify(left),
          );
          expect({ commands, outcomes, left, explained: explained !== undefined }).toMatchObject({
            explained: true,
          });
          if (explained) state = explained;
          for (const { balance, held } of left) expect(balance).toBeGreaterThanOrEqual(held);
        }
        await expectOneJournalEach(world, state);
      }),
      { numRuns: (mode === 'services' ? 60 : 15) * thoroughness },
    );
    await expectSoundBooks(space);
  });

  interface World {
    users: string[];
    questions: string[];
  }

  async function newWorld(): Promise<World> {
    const users: string[] = [];
    for (let n = 0; n < USERS; n += 1) users.push(await newLearner(space));
    return { users, questions: Array.from({ length: QUESTIONS }, () => randomUUID()) };
  }

  async function expectOneJournalEach(world: World, state: LedgerState): Promise<void> {
    const rows = await space.database
      .knex('ledger_journals')
      .whereIn('user_id', world.users)
      .whereIn('kind', ['grant', 'recharge', 'consume', 'refund', 'adjust'])
      .where('reason', '模型')
      .select('kind', 'reference');
    expect(rows).toHaveLength(state.written.size);
  }

  const idOf = (ids: readonly string[], n: number) => ids[n] ?? '';

  async function perform(world: World, asked: Command): Promise<Outcome> {
    const { users, questions } = world;
    switch (asked.type) {
      case 'reserve': {
        const { promptTokens } = asked;
        const [userId, messageId] = [idOf(users, asked.user), idOf(questions, asked.question)];
        return space
          .transact(({ charges }) =>
            charges.reserve({ userId, messageId, model: MODEL, promptTokens, ...OUTPUT }),
          )
          .then(({ outputTokens }) => outputTokens, refusal);
      }
      case 'settle':
        return settle(idOf(questions, asked.question), asked);
      case 'release':
        await space.transact(({ charges }) => charges.release(idOf(questions, asked.question)));
        return 'done';
      case 'transfer': {
        const reasons = { from: '转出', to: '转入' };
        const [from, to] = [idOf(users, asked.user), idOf(users, asked.to)];
        const moved = await space.transact(({ balances }) => balances.transfer(from, to, reasons));
        return moved ?? 'held';
      }
      default: {
        const journal = journalOf(asked, idOf(users, asked.user));
        const short = new AppError(402, 'insufficient_balance', '不足');
        return space
          .transact(async ({ ledger }) => {
            const { repeated } = await postKeyed(ledger, journal, () => short);
            return repeated ? ('repeated' as const) : ('done' as const);
          })
          .catch(refusal);
      }
    }
  }

  async function settle(
    messageId: string,
    { promptTokens, completionTokens }: Extract<Command, { type: 'settle' }>,
  ): Promise<Outcome> {
    const usage = { model: MODEL, promptTokens, cachedTokens: 0, completionTokens };
    const receipt = await space.transact(({ charges }) => charges.settle(messageId, usage, '提问'));
    return receipt?.cost ?? 'nothing';
  }
});

function refusal(error: unknown): Outcome {
  if (error instanceof AppError && error.status === 402) return 'short';
  throw error;
}
