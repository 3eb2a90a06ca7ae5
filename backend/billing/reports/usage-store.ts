import type { Knex } from 'knex';
import { toRow } from '../../platform/database/row.ts';
import {
  type AnswerUsage,
  HOUR_MS,
  hourOf,
  type UsageAmounts,
  type UsageItem,
  type UsageKey,
  type UsageRow,
} from './usage.ts';

export interface Period {
  from: Date;
  /** Up to, but not with. */
  to: Date;
}

export interface UsageStore {
  /** Within the transaction that settles the answer. */
  record(usage: AnswerUsage): Promise<void>;
  /** Up to where the hours have been summed up; the epoch when they never were. */
  rolledUntil(): Promise<Date>;
  /**
   * Sums the answers of whole hours up anew, up to the last that is over; within a transaction. The
   * result depends on the answers alone, so that it may be done again at any time, by several at once.
   */
  rollUp(period: Period): Promise<void>;
  /** The hours that are summed up, together; of users those who paid most. */
  summed(period: Period, by: UsageKey): Promise<UsageItem[]>;
  /** What the answers themselves say, hour by hour. */
  ofAnswers(period: Period): Promise<UsageRow[]>;
  /** The same, all together. */
  totalOf(period: Period): Promise<UsageAmounts>;
}

/** Any number, the same in every process: whoever holds this advisory lock sums up. */
export const ROLLUP_LOCK = 4_716_239;

const AMOUNTS = `count(*) as requests, sum(prompt_tokens) as prompt_tokens,
  sum(cached_tokens) as cached_tokens, sum(completion_tokens) as completion_tokens,
  sum(cost) as cost, sum(provider_cost) as provider_cost
  from answer_usage where ended_at >= :from and ended_at < :to`;
const SUMS = `select date_trunc('hour', ended_at, 'UTC') as hour, user_id, model, currency, ${AMOUNTS}
  group by 1, 2, 3, 4`;

const KEYS: Record<UsageKey, string> = {
  day: `to_char(hour at time zone 'UTC' + interval '8 hours', 'YYYY-MM-DD')`,
  model: 'model',
  user: 'user_id::text',
};
const SUMMED = Object.fromEntries(
  ['requests', 'prompt_tokens', 'cached_tokens', 'completion_tokens', 'cost', 'provider_cost'].map(
    (column) => [column, column],
  ),
);
const MOST_ITEMS = 1_000;

export function createUsageStore(knex: Knex): UsageStore {
  return {
    async record(usage) {
      await knex('answer_usage').insert(toRow(usage));
    },
    async rolledUntil() {
      const row = await knex('usage_hours').max({ last: 'hour' }).first();
      return row?.last ? new Date(row.last.getTime() + HOUR_MS) : new Date(0);
    },
    async rollUp({ from, to }) {
      const period = { from: hourOf(from), to: hourOf(to) };
      await knex.raw('select pg_advisory_xact_lock(?)', [ROLLUP_LOCK]);
      // Later hours too: none of them is over, so there is nothing that could be true of them.
      await knex('usage_hours').where('hour', '>=', period.from).del();
      await knex.raw(
        `insert into usage_hours (hour, user_id, model, currency, requests, prompt_tokens,
           cached_tokens, completion_tokens, cost, provider_cost) ${SUMS}`,
        period,
      );
    },
    async summed({ from, to }, by) {
      const key = knex.raw(KEYS[by]);
      const rows = await knex('usage_hours')
        .where('hour', '>=', from)
        .where('hour', '<', to)
        .select({ key })
        .select('currency')
        .sum(SUMMED)
        .groupByRaw('1, currency')
        .orderBy('cost', 'desc')
        .limit(MOST_ITEMS);
      return rows.map((row) => ({
        ...toAmounts(row as unknown as StoredAmounts),
        key: String(row.key),
        currency: String(row.currency),
      }));
    },
    async ofAnswers(period) {
      const { rows } = await knex.raw(SUMS, { ...period });
      return rows.map(toUsageRow);
    },
    async totalOf(period) {
      const { rows } = await knex.raw(`select ${AMOUNTS}`, { ...period });
      return toAmounts(rows[0]);
    },
  };
}

/** How the database spells it: sums and bigints come as text. */
interface StoredAmounts {
  requests: string | number;
  prompt_tokens: string;
  cached_tokens: string;
  completion_tokens: string;
  cost: string;
  provider_cost: string;
}

interface StoredUsage extends StoredAmounts {
  hour: Date;
  user_id: string;
  model: string;
  currency: string;
}

function toAmounts(row: StoredAmounts): UsageAmounts {
  return {
    requests: Number(row.requests),
    promptTokens: Number(row.prompt_tokens),
    cachedTokens: Number(row.cached_tokens),
    completionTokens: Number(row.completion_tokens),
    cost: Number(row.cost),
    providerCost: Number(row.provider_cost),
  };
}

function toUsageRow(row: StoredUsage): UsageRow {
  const { hour, user_id: userId, model, currency } = row;
  return { ...toAmounts(row), hour, userId, model, currency };
}
