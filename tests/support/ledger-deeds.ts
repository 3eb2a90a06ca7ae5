import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { postKeyed } from '../../backend/billing/ledger/keyed-journal.ts';
import {
  createAnswerFinishing,
  failAbandoned,
  releaseOrphaned,
} from '../../backend/chat/answer-finishing.ts';
import { createQuestionAcceptance } from '../../backend/chat/question-acceptance.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { AppError } from '../../backend/errors.ts';
import { createRandom } from './random.ts';

export const MODEL = 'offline-never';
export const USAGE = { model: MODEL, promptTokens: 321, cachedTokens: 20, completionTokens: 99 };

type Ending = 'complete' | 'stopped' | 'failed' | 'deleted';
export type Deed =
  | { type: 'recharge' | 'refund' | 'consume' | 'adjust' | 'redeem'; key: string; amount: number }
  | { type: 'question'; key: string; sessionId: string; ending: Ending };

/** A few deeds in some order, the same for the same seed; ids are new each time. */
export function deedsOf(seed: number): Deed[] {
  const random = createRandom(seed);
  const key = () => randomUUID();
  const endings: Ending[] = ['complete', 'stopped', 'failed', 'deleted'];
  const question = (ending: Ending): Deed => ({
    ...{ type: 'question', key: key(), sessionId: randomUUID(), ending },
  });
  const amount = () => 100 + random.below(400);
  const deeds: Deed[] = [
    question('complete'),
    question(random.pick(endings)),
    question('deleted'),
    ...(['recharge', 'refund', 'consume', 'adjust', 'redeem'] as const).map(
      (type): Deed => ({ type, key: key(), amount: amount() }),
    ),
  ];
  return deeds
    .map((deed) => ({ deed, place: random.below(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ deed }) => deed);
}

/** What a deed does to the balance, apart from what answers cost. */
export function gainOf(deed: Deed): number {
  if (deed.type === 'question') return 0;
  return deed.type === 'recharge' || deed.type === 'redeem' ? deed.amount : -deed.amount;
}

/** A process at work on the books of one learner. */
export function createClerk(knex: Knex, owner: string) {
  const transact = createTransact(knex);
  const accept = createQuestionAcceptance(transact, {
    owner,
    leaseUntil: () => new Date(Date.now() + 600_000),
    usualModel: MODEL,
    quotaGate: { pass: (_, work) => work() },
    maxOutputTokens: 800,
    promptTokens: () => 500,
    cohortOf: () => undefined,
  });
  const finish = createAnswerFinishing(transact, {
    usualModel: MODEL,
    countTokens: (text) => text.length,
    lowBalanceTokens: 0,
  });

  async function ask(userId: string, { key, sessionId }: Extract<Deed, { type: 'question' }>) {
    const own = await knex('sessions').where({ id: sessionId }).first();
    if (!own) return undefined;
    return accept({ userId, sessionId, content: '何谓仁？', idempotencyKey: key });
  }

  async function answer(userId: string, deed: Extract<Deed, { type: 'question' }>): Promise<void> {
    const acceptance = await ask(userId, deed);
    if (!acceptance || acceptance.repeated) return;
    if (deed.ending === 'deleted') await knex('sessions').where({ id: deed.sessionId }).delete();
    const status = deed.ending === 'deleted' ? 'complete' : deed.ending;
    const outcome = { status, content: '仁者爱人。', citations: [], quotes: [] };
    const usage = status === 'failed' ? undefined : USAGE;
    await finish(acceptance.accepted, outcome, { usage, promptTokens: 500, thinking: '' });
  }

  async function redeem(userId: string, key: string, tokens: number): Promise<void> {
    await knex.transaction(async (within) => {
      const { ledger } = composeStores(within);
      const about = { userId, reference: key, reason: '兑换' };
      await ledger.lock(userId);
      if (!(await ledger.post(journals.recharge(tokens, about)))) return;
      const paid = { status: 'paid', amount_fen: 0, expires_at: new Date(), paid_at: new Date() };
      const order = { id: key, user_id: userId, channel: 'redeem_code', tokens, ...paid };
      await within('orders').insert({ ...order, trade_no: key.replaceAll('-', '') });
    });
  }

  const JOURNALS = {
    recharge: journals.recharge,
    refund: journals.refund,
    consume: journals.consume,
    adjust: (amount: number, about: Parameters<typeof journals.adjust>[1]) =>
      journals.adjust(-amount, about),
  };

  return {
    /** Does it, or again what may have been done before. */
    async perform(userId: string, deed: Deed): Promise<void> {
      if (deed.type === 'question') return answer(userId, deed);
      if (deed.type === 'redeem') return redeem(userId, deed.key, deed.amount);
      const about = { userId, reference: deed.key, reason: '测试' };
      const journal = JOURNALS[deed.type](deed.amount, about);
      await transact(({ ledger }) =>
        postKeyed(ledger, journal, () => new AppError(402, 'insufficient_balance', '不足')),
      );
    },
    /** What the sweeper does once the owner of running answers is known to be dead. */
    async sweep(userId: string): Promise<void> {
      const { messages } = composeStores(knex);
      await failAbandoned(transact, await messages.abandoned(owner));
      await knex('reservations')
        .where({ user_id: userId, status: 'held' })
        .update({ created_at: knex.raw(`created_at - interval '2 minutes'`) });
      await releaseOrphaned(transact);
    },
  };
}
