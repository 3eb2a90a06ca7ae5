import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { postKeyed } from '../../backend/billing/ledger/keyed-journal.ts';
import { failAbandoned } from '../../backend/chat/abandoned-answers.ts';
import { createAnswerFinishing, releaseOrphaned } from '../../backend/chat/answer-finishing.ts';
import { createQuestionAcceptance } from '../../backend/chat/question-acceptance.ts';
import { composeStores, createTransact } from '../../backend/compose-stores.ts';
import { AppError } from '../../backend/errors.ts';
import { acceptanceSurroundings } from './acceptance-surroundings.ts';
import { BOUGHT, createPurchases } from './purchases.ts';
import { createRandom } from './random.ts';

export const MODEL = 'offline-never';
export const USAGE = { model: MODEL, promptTokens: 321, cachedTokens: 20, completionTokens: 99 };

const ENDINGS = ['complete', 'stopped', 'failed', 'deleted'] as const;
const POSTINGS = ['consume', 'adjust', 'redeem'] as const;
/** What becomes of a payment: it stays, or half of it goes back, or was to go back and did not. */
const PAYMENTS = ['kept', 'succeeded', 'failed'] as const;
/** A whole one of each, so that the half that goes back is whole seconds. */
const PLAN_DAYS = 31;
const DAY_SECONDS = 24 * 60 * 60;
const DEEDS_IN_A_STORY = 2;

type Ending = (typeof ENDINGS)[number];
export type Deed =
  | { type: (typeof POSTINGS)[number]; key: string; amount: number }
  | { type: 'payment'; key: string; refund: (typeof PAYMENTS)[number] }
  | { type: 'question'; key: string; sessionId: string; ending: Ending };

/**
 * Every kind of deed in some order, a few to a story: who dies in one of them need not have done all
 * the others before. The same for the same seed; ids are new each time.
 */
export function storiesOf(seed: number): Deed[][] {
  const random = createRandom(seed);
  const deeds: Deed[] = [
    ...ENDINGS.map(
      (ending): Deed => ({
        ...{ type: 'question', key: randomUUID(), sessionId: randomUUID(), ending },
      }),
    ),
    ...PAYMENTS.map((refund): Deed => ({ type: 'payment', key: randomUUID(), refund })),
    ...POSTINGS.map((type): Deed => ({ type, key: randomUUID(), amount: 100 + random.below(400) })),
  ];
  const shuffled = deeds
    .map((deed) => ({ deed, place: random.below(1_000_000) }))
    .sort((one, other) => one.place - other.place)
    .map(({ deed }) => deed);
  const starts = shuffled.flatMap((_, n) => (n % DEEDS_IN_A_STORY === 0 ? [n] : []));
  return starts.map((start) => shuffled.slice(start, start + DEEDS_IN_A_STORY));
}

/** What a deed does to the balance, apart from what answers cost. */
export function gainOf(deed: Deed): number {
  if (deed.type === 'question') return 0;
  if (deed.type === 'payment') return BOUGHT.tokens / (deed.refund === 'succeeded' ? 2 : 1);
  return deed.type === 'redeem' ? deed.amount : -deed.amount;
}

/** How much time of a plan comes of it. */
export function planSecondsOf(deed: Deed): number {
  if (deed.type !== 'payment') return 0;
  return (PLAN_DAYS * DAY_SECONDS) / (deed.refund === 'succeeded' ? 2 : 1);
}

/** How many journals it leaves, without those of reservations. */
export function journalsOf(deed: Deed): number {
  if (deed.type !== 'payment') return deed.type === 'question' ? 0 : 1;
  return { kept: 1, succeeded: 2, failed: 3 }[deed.refund];
}

/** How many orders. */
export function ordersOf({ type }: Deed): number {
  return type === 'payment' || type === 'redeem' ? 1 : 0;
}

/** A process at work on the books of one learner. */
export function createClerk(knex: Knex, owner: string) {
  const transact = createTransact(knex);
  const stores = composeStores(knex);
  const accept = createQuestionAcceptance(transact, acceptanceSurroundings(stores), {
    owner,
    leaseUntil: () => new Date(Date.now() + 600_000),
    usualModel: MODEL,
    quotaGate: { pass: (_, work) => work() },
    maxOutputTokens: 800,
    promptTokens: () => 500,
    passageTokens: { most: 0, least: 0 },
    cohortOf: () => undefined,
  });
  const finishing = {
    usualModel: MODEL,
    countTokens: (text: string) => text.length,
  };
  const finish = createAnswerFinishing(transact, finishing);

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

  const purchases = createPurchases(knex);

  async function buy(userId: string, { key, refund }: Extract<Deed, { type: 'payment' }>) {
    const order = await purchases.order(userId, key, PLAN_DAYS);
    await purchases.pay(order);
    if (refund === 'kept') return;
    const begun = await purchases.refund(order, BOUGHT.amountFen / 2, key);
    await purchases.settle(begun, refund);
  }

  const JOURNALS = {
    consume: journals.consume,
    adjust: (amount: number, about: Parameters<typeof journals.adjust>[1]) =>
      journals.adjust(-amount, about),
  };

  return {
    /** Does it, or again what may have been done before. */
    async perform(userId: string, deed: Deed): Promise<void> {
      if (deed.type === 'question') return answer(userId, deed);
      if (deed.type === 'payment') return buy(userId, deed);
      if (deed.type === 'redeem') return redeem(userId, deed.key, deed.amount);
      const about = { userId, reference: deed.key, reason: '测试' };
      const journal = JOURNALS[deed.type](deed.amount, about);
      await transact(({ ledger }) =>
        postKeyed(ledger, journal, () => new AppError(402, 'insufficient_balance', '不足')),
      );
    },
    /** What the sweeper does once the owner of running answers is known to be dead. */
    async sweep(userId: string): Promise<void> {
      for (const answer of await stores.messages.abandoned(owner)) {
        const { content, citations, quotes } = answer;
        const outcome = { content, citations, quotes };
        await failAbandoned(transact, finishing, { answer, outcome, formerOwner: owner });
      }
      await knex('reservations')
        .where({ user_id: userId, status: 'held' })
        .update({ created_at: knex.raw(`created_at - interval '2 minutes'`) });
      await releaseOrphaned(transact);
    },
  };
}
