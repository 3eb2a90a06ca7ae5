import type { Knex } from 'knex';
import { journals } from '../ledger/journal.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { isPeak } from '../prices/peak-hours.ts';
import {
  affordableExtent,
  costOf,
  type Extent,
  type Price,
  priceAt,
  type Rates,
  type TokenCounts,
} from '../prices/price.ts';
import type { PriceStore } from '../prices/price-store.ts';
import { providerCostOf } from '../reports/usage.ts';
import type { UsageStore } from '../reports/usage-store.ts';
import { InsufficientBalance } from './insufficient-balance.ts';

/** What a question may come to at most. */
export interface WorstCase {
  userId: string;
  /** Of the answer; the reservation is known by it. */
  messageId: string;
  model: string;
  promptTokens: number;
  /** Of these, what can be done without when the balance is short; nothing when left out. */
  sparePromptTokens?: number;
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
   * Sets the worst case aside and says how much may be read for the answer and written: a small
   * balance shortens both before it refuses the question. Throws {@link InsufficientBalance} when even
   * that is too little.
   */
  reserve(question: WorstCase): Promise<Extent>;
  /**
   * Takes what the answer cost, at most what was set aside, and gives the rest back; once. The price
   * is the one it was set aside by; where another model answered than was asked, that model's at the
   * same moment.
   */
  settle(
    messageId: string,
    usage: TokenCounts & { model: string },
    reason: string,
  ): Promise<Receipt | undefined>;
  /** Gives everything back; once. */
  release(messageId: string): Promise<void>;
  /** What became of the questions since then; with those whose conversation was deleted. */
  questionsSince(userId: string, since: Date): Promise<QuestionCounts>;
  /** Reservations older than `before` whose answer is not being written any more. */
  orphaned(before: Date): Promise<string[]>;
}

export interface QuestionCounts {
  /** Settled: complete or stopped. */
  answered: number;
  /** Released: nothing was charged. */
  failed: number;
  underWay: number;
}

interface Reservation {
  userId: string;
  amount: number;
  createdAt: Date;
  /** What it was priced by; not known of those from before there were prices. */
  priced: { model: string; priceId: string; peak: boolean } | undefined;
}

export function createAnswerCharges(
  knex: Knex,
  ledger: LedgerStore,
  prices: Pick<PriceStore, 'inForce' | 'inForceNow' | 'byId'>,
  usages: Pick<UsageStore, 'record'>,
): AnswerCharges {
  async function priceNow(model: string) {
    const { moment, prices: rows } = await prices.inForceNow(model);
    return { moment, price: chosen(rows, model, moment), peak: isPeak(moment) };
  }

  /** Found by the id that was kept: a row that says it held then already, but came later, does not. */
  async function priceOf(
    model: string,
    { createdAt, priced }: Reservation,
  ): Promise<{ price: Price; peak: boolean }> {
    const peak = priced?.peak ?? isPeak(createdAt);
    const kept = priced && (await prices.byId(priced.priceId));
    if (kept && priced.model === model) return { price: kept, peak };
    const price = chosen(await prices.inForce(model, createdAt), model, createdAt);
    // A dated name of the model that was asked for has the same price.
    return { price: kept && kept.model === price.model ? kept : price, peak };
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
      .returning(['user_id', 'amount', 'created_at', 'model', 'price_id', 'peak']);
    if (!row) return undefined;
    const { model, price_id: priceId, peak } = row;
    const priced = model === null ? undefined : { model, priceId, peak };
    return { userId: row.user_id, amount: Number(row.amount), createdAt: row.created_at, priced };
  }

  return {
    async reserve({ userId, messageId, model, ...asked }) {
      const { moment, price, peak } = await priceNow(model);
      const rates = ratesOf(price, peak);
      const { balance, held } = await ledger.lock(userId);
      const extent = affordable(rates, asked, balance - held);
      const amount = costInFull(rates, extent);
      await knex('reservations').insert({
        ...{ message_id: messageId, user_id: userId, amount, created_at: moment },
        ...{ model, price_id: price.id, peak },
      });
      const about = { userId, messageId, reference: messageId, reason: '提问预留' };
      await ledger.post(journals.reserve(amount, about));
      return extent;
    },

    async settle(messageId, usage, reason) {
      const reservation = await end(messageId, 'settled');
      if (!reservation) return undefined;
      const { userId, amount } = reservation;
      const { price, peak } = await priceOf(usage.model, reservation);
      const rates = ratesOf(price, peak);
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
      const rows: { status: string; count: string }[] = await knex('reservations')
        .where({ user_id: userId })
        .where('created_at', '>=', since)
        .groupBy('status')
        .select('status', knex.raw('count(*)'));
      const countOf = (status: string) =>
        Number(rows.find((row) => row.status === status)?.count ?? 0);
      return {
        answered: countOf('settled'),
        failed: countOf('released'),
        underWay: countOf('held'),
      };
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

type Asked = Omit<WorstCase, 'userId' | 'messageId' | 'model'>;

function affordable(rates: Rates, asked: Asked, available: number): Extent {
  const { promptTokens, sparePromptTokens = 0, maxOutputTokens, minOutputTokens } = asked;
  const least = { promptTokens: promptTokens - sparePromptTokens, outputTokens: minOutputTokens };
  const most = { promptTokens, outputTokens: maxOutputTokens };
  const extent = affordableExtent(rates, least, most, available);
  if (!extent) throw new InsufficientBalance(costInFull(rates, least), available);
  return extent;
}

const ratesOf = (price: Price, peak: boolean) => (peak ? price.peak : price.offPeak);

const costInFull = (rates: Rates, { promptTokens, outputTokens }: Extent) =>
  costOf(rates, { promptTokens, cachedTokens: 0, completionTokens: outputTokens });

function chosen(rows: readonly Price[], model: string, moment: Date): Price {
  const price = priceAt(rows, model, moment);
  if (!price) throw new Error(`no price for ${model}, not even for any model`);
  return price;
}
