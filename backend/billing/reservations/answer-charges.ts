import type { Knex } from 'knex';
import { AppError } from '../../errors.ts';
import { journals } from '../ledger/journal.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { isPeak } from '../prices/peak-hours.ts';
import {
  affordableOutput,
  costOf,
  priceAt,
  type Rates,
  type TokenCounts,
} from '../prices/price.ts';
import type { PriceStore } from '../prices/price-store.ts';
import { providerCostOf } from '../reports/usage.ts';
import type { UsageStore } from '../reports/usage-store.ts';

/** What a question may come to at most. */
export interface WorstCase {
  userId: string;
  /** Of the answer; the reservation is known by it. */
  messageId: string;
  model: string;
  promptTokens: number;
  maxOutputTokens: number;
  /** An answer shorter than this helps nobody. */
  minOutputTokens: number;
}

/** What an answer cost and why. */
export interface Receipt {
  cost: number;
  peak: boolean;
  /** Thousandths of a balance token for each provider token. */
  rates: Rates;
  priceId: string;
}

/** The money side of an answer's life; every call within the transaction that changes the answer. */
export interface AnswerCharges {
  /**
   * Sets the worst case aside and says how long the answer may be: a small balance shortens it
   * before it refuses the question. Throws 402 with the price when even that is too little.
   */
  reserve(question: WorstCase): Promise<number>;
  /**
   * Takes what the answer cost, at most what was set aside, and gives the rest back; once. The price
   * is that of the model that answered, at the time the question was accepted.
   */
  settle(
    messageId: string,
    usage: TokenCounts & { model: string },
    reason: string,
  ): Promise<Receipt | undefined>;
  /** Gives everything back; once. */
  release(messageId: string): Promise<void>;
  /** How many questions were asked; counts those whose conversation was deleted since. */
  questionsSince(userId: string, since: Date): Promise<number>;
  /** Reservations older than `before` whose answer is not being written any more. */
  orphaned(before: Date): Promise<string[]>;
}

interface Reservation {
  userId: string;
  amount: number;
  createdAt: Date;
}

export function createAnswerCharges(
  knex: Knex,
  ledger: LedgerStore,
  prices: Pick<PriceStore, 'inForce'>,
  usages: Pick<UsageStore, 'record'>,
): AnswerCharges {
  async function priceOf(model: string, moment: Date) {
    const price = priceAt(await prices.inForce(model, moment), model, moment);
    if (!price) throw new Error(`no price for ${model}, not even for any model`);
    const peak = isPeak(moment);
    return { price, rates: peak ? price.peak : price.offPeak, peak };
  }

  /**
   * The reservation, if it was still open; nobody else ends it then. That is what makes a settlement
   * happen once, so the balance need not be held before its journal is posted.
   */
  async function end(
    messageId: string,
    status: 'settled' | 'released',
  ): Promise<Reservation | undefined> {
    const [row] = await knex('reservations')
      .where({ message_id: messageId, status: 'held' })
      .update({ status, ended_at: knex.raw('clock_timestamp()') })
      .returning(['user_id', 'amount', 'created_at']);
    if (!row) return undefined;
    return { userId: row.user_id, amount: Number(row.amount), createdAt: row.created_at };
  }

  return {
    async reserve({ userId, messageId, model, promptTokens, maxOutputTokens, minOutputTokens }) {
      const { rates } = await priceOf(model, new Date());
      const { balance, held } = await ledger.lock(userId);
      const available = balance - held;
      const affordable = affordableOutput(rates, promptTokens, available);
      const outputTokens = Math.min(maxOutputTokens, affordable);
      const costFor = (completionTokens: number) =>
        costOf(rates, { promptTokens, cachedTokens: 0, completionTokens });
      if (outputTokens < minOutputTokens) {
        throw new AppError(
          402,
          'insufficient_balance',
          `余额不足：这个问题至少需要 ${costFor(minOutputTokens)} 个词元，现在可用 ${available} 个。`,
        );
      }
      const amount = costFor(outputTokens);
      await knex('reservations').insert({ message_id: messageId, user_id: userId, amount });
      const about = { userId, messageId, reference: messageId, reason: '提问预留' };
      await ledger.post(journals.reserve(amount, about));
      return outputTokens;
    },

    async settle(messageId, usage, reason) {
      const reservation = await end(messageId, 'settled');
      if (!reservation) return undefined;
      const { userId, amount, createdAt } = reservation;
      const { price, rates, peak } = await priceOf(usage.model, createdAt);
      const cost = Math.min(costOf(rates, usage), amount);
      const about = { userId, messageId, reference: messageId, reason };
      await ledger.post(journals.settle(amount, cost, about));
      const { model, promptTokens, cachedTokens, completionTokens } = usage;
      await usages.record({
        ...{ messageId, userId, model, promptTokens, cachedTokens, completionTokens, cost },
        currency: price.currency,
        providerCost: providerCostOf(peak ? price.providerPeak : price.providerOffPeak, usage),
      });
      return { cost, rates, peak, priceId: price.id };
    },

    async release(messageId) {
      const reservation = await end(messageId, 'released');
      if (!reservation) return;
      const { userId, amount } = reservation;
      const about = { userId, messageId, reference: messageId, reason: '提问退还' };
      await ledger.post(journals.release(amount, about));
    },

    async questionsSince(userId, since) {
      const [row] = await knex('reservations')
        .where({ user_id: userId })
        .where('created_at', '>=', since)
        .count({ count: '*' });
      return Number(row?.count ?? 0);
    },

    async orphaned(before) {
      const rows = await knex('reservations')
        .where({ status: 'held' })
        .where('created_at', '<', before)
        .whereRaw(
          `not exists (select 1 from messages
             where messages.id = reservations.message_id and messages.status = 'streaming')`,
        )
        .limit(500)
        .select('message_id');
      return rows.map((row) => row.message_id);
    },
  };
}
