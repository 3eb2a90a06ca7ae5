import type { Knex } from 'knex';
import { HOUR_MS, hourOf } from './usage.ts';
import { type Period, ROLLUP_LOCK } from './usage-store.ts';

/** What makes the tokens that learners have more or fewer, apart from what is put right by hand. */
const KINDS = ['grant', 'recharge', 'refund', 'consume', 'settle'] as const;

/** Of each kind what learners gained: what they used or gave back is negative. */
export type Flows = Record<(typeof KINDS)[number], number>;

/** What came in and went out by the hour, so that nobody reads the whole ledger for a total. */
export interface FlowStore {
  rolledUntil(): Promise<Date>;
  /** Sums whole hours up anew, within a transaction; from the journals alone, as often as one likes. */
  rollUp(period: Period): Promise<void>;
  /** Since ever, up to this moment: the hours that are summed up, and the journals since then. */
  totals(): Promise<Flows>;
}

/** As the index of the journals by time has it; a planner sees that only in plain words. */
export const COUNTED = `kind in ('grant', 'recharge', 'consume', 'refund', 'settle')`;

const TOTALS = `
  select kind, sum(amount) as amount from (
    select kind, amount from ledger_hours where hour < :rolledUntil
    union all
    select kind, amount from ledger_journals where ${COUNTED} and created_at >= :rolledUntil
  ) as flows group by kind`;

export function createFlowStore(knex: Knex): FlowStore {
  async function rolledUntil(): Promise<Date> {
    const row = await knex('ledger_hours').max({ last: 'hour' }).first();
    return row?.last ? new Date(row.last.getTime() + HOUR_MS) : new Date(0);
  }

  return {
    rolledUntil,
    async rollUp({ from, to }) {
      const period = { from: hourOf(from), to: hourOf(to) };
      await knex.raw('select pg_advisory_xact_lock(?)', [ROLLUP_LOCK]);
      // Later hours too: none of them is over, so there is nothing that could be true of them.
      await knex('ledger_hours').where('hour', '>=', period.from).del();
      await knex.raw(
        `insert into ledger_hours (hour, kind, amount)
           select date_trunc('hour', created_at, 'UTC'), kind, sum(amount) from ledger_journals
           where ${COUNTED} and created_at >= :from and created_at < :to group by 1, 2`,
        period,
      );
    },
    async totals() {
      // Asked first and handed over: in one statement a planner would not know how little is left.
      const { rows } = await knex.raw(TOTALS, { rolledUntil: await rolledUntil() });
      const amountOf = (kind: string) =>
        Number(rows.find((row: { kind: string }) => row.kind === kind)?.amount ?? 0);
      const flows = KINDS.map((kind) => [kind, amountOf(kind)]);
      return Object.fromEntries(flows);
    },
  };
}
