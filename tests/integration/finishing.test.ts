import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { createAnswerFinishing } from '../../backend/chat/answer-finishing.ts';
import type { AcceptedQuestion } from '../../backend/chat/answer-generation.ts';
import { createQuestionAcceptance } from '../../backend/chat/question-acceptance.ts';
import type { Stores } from '../../backend/compose-stores.ts';
import type { Transact } from '../../backend/platform/database/transact.ts';
import { acceptanceSurroundings } from '../support/acceptance-surroundings.ts';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { aWhile } from '../support/eventually.ts';
import { RATES } from '../support/ledger-model.ts';
import {
  expectSoundBooks,
  type LedgerSpace,
  newLearner,
  openLedgerSpace,
} from '../support/ledger-space.ts';
import { asGuest } from '../support/service-client.ts';
import { describeInBothModes, describeWithServers } from '../support/service-space.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(120_000);

const MODEL = 'model-of-the-test';
const GRANT = 10_000;
const COST = 114;
const USAGE = { model: MODEL, promptTokens: 100, cachedTokens: 0, completionTokens: 7 };
const WRITTEN = { content: '仁者爱人。', citations: [], quotes: [] };

/** What `pg` throws when the connection breaks under a statement. */
const broken = () => Object.assign(new Error('read ECONNRESET'), { code: 'ECONNRESET' });

describeInBothModes('the end of an answer while the database comes and goes', (mode) => {
  let space: LedgerSpace;
  beforeAll(async () => {
    space = await openLedgerSpace(mode);
    const provider = { providerOffPeak: RATES, providerPeak: RATES, currency: 'CNY' };
    const effectiveFrom = new Date('2026-01-01T00:00:00Z');
    const price = { model: MODEL, effectiveFrom, offPeak: RATES, peak: RATES, ...provider };
    await space.stores.prices.insert(price, randomUUID());
  });
  afterAll(() => space.dispose());

  async function accepted(): Promise<AcceptedQuestion> {
    const userId = await newLearner(space, GRANT);
    const id = randomUUID();
    await space.stores.sessions.insert({ id, userId, title: '', mode: 'qa', titleOrigin: 'none' });
    const accept = createQuestionAcceptance(space.transact, acceptanceSurroundings(space.stores), {
      ...{ owner: 'test', leaseUntil: () => new Date(Date.now() + 60_000), usualModel: MODEL },
      ...{ quotaGate: { pass: (_, work) => work() }, maxOutputTokens: 600 },
      ...{ promptTokens: () => 200, cohortOf: () => undefined },
      passageTokens: { most: 0, least: 0 },
    });
    const acceptance = await accept({ userId, sessionId: id, content: '何谓仁？' });
    if (acceptance.repeated) throw new Error('nothing was asked before');
    return acceptance.accepted;
  }

  const finishWith = (transact: Transact<Stores>) =>
    createAnswerFinishing(transact, {
      ...{ usualModel: MODEL, countTokens: (text) => text.length },
    });
  const complete = { ...WRITTEN, status: 'complete' as const };
  const used = { usage: USAGE, promptTokens: 100, thinking: '' };

  async function expectPaidOnce({ userId, answer }: AcceptedQuestion): Promise<void> {
    expect(await space.stores.ledger.read(userId)).toEqual({ balance: GRANT - COST, held: 0 });
    expect(await space.stores.messages.byId(answer.id)).toMatchObject({ status: 'complete' });
    const settled = await space.database.knex('ledger_journals').where({ user_id: userId });
    expect(settled.filter(({ kind }) => kind === 'settle')).toHaveLength(1);
    await expectSoundBooks(space);
  }

  test('comes about though the connection broke, before the work or after it', async () => {
    for (const moment of ['before', 'after'] as const) {
      const question = await accepted();
      let breaks = 2;
      const transact: Transact<Stores> = async (work) => {
        if (moment === 'before' && breaks-- > 0) throw broken();
        const result = await space.transact(work);
        // It is committed, and nobody was told.
        if (moment === 'after' && breaks-- > 0) throw broken();
        return result;
      };
      const ended = await finishWith(transact)(question, complete, used);
      expect(ended?.message).toMatchObject({ status: 'complete', usage: { cost: COST } });
      expect(ended?.balance).toBe(GRANT - COST);
      await expectPaidOnce(question);
    }
  });

  test('that somebody else has brought about meanwhile stays as it is', async () => {
    const question = await accepted();
    let breaks = 1;
    const transact: Transact<Stores> = async (work) => {
      if (breaks-- > 0) {
        await space.transact(async ({ messages, charges }) => {
          await messages.finish(question.answer.id, { ...WRITTEN, status: 'failed', usage: null });
          await charges.release(question.answer.id);
        });
        throw broken();
      }
      return space.transact(work);
    };
    expect(await finishWith(transact)(question, complete, used)).toBeUndefined();
    const { balance, held } = await space.stores.ledger.read(question.userId);
    expect({ balance, held }).toEqual({ balance: GRANT, held: 0 });
  });

  test('that is refused for another reason is not tried again', async () => {
    let tries = 0;
    const transact: Transact<Stores> = async () => {
      tries += 1;
      throw new Error('a fault of ours');
    };
    const question = await accepted();
    await expect(finishWith(transact)(question, complete, used)).rejects.toThrow('a fault of ours');
    expect(tries).toBe(1);
  });
});

describeWithServers('an answer that ends while PostgreSQL is cut off', () => {
  let tutor: TutorWithModel;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services', {}, {}, 'DATABASE_URL');
  });
  afterAll(() => tutor.dispose());

  test('is whole and paid for once it is back', async () => {
    const text = '孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';
    const guest = await asGuest(tutor.service.url);
    const { balance: before } = await guest.balance();
    const sessionId = (await guest.openSession()).id;
    tutor.model.enqueue({ text, deltaDelayMs: 30 });
    const stream = await guest.ask(sessionId, '「学而不思则罔」是什么意思？');
    await stream.until('it has begun', (heard) => textOf(heard).length > 4);
    await tutor.proxy?.cut();
    await stream.until('all was said', (heard) => textOf(heard) === text);
    await aWhile(1_500);
    await tutor.proxy?.restore();
    const { message, balance } = dataOf(await stream.ended, 'done');
    expect(message).toMatchObject({ status: 'complete', content: text });
    const { cost } = contract.receipt.parse(message.usage);
    expect(balance).toBe(before - cost);
    expect(await guest.balance()).toMatchObject({ balance, held: 0 });
  });
});
