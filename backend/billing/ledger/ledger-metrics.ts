import type { Knex } from 'knex';
import type { Metrics } from '../../platform/metrics/metrics.ts';

/** What must always hold of the books, and what waits in them. */
export interface LedgerFigures {
  /** Of all entries: zero, or money came from nowhere. */
  entriesSum: number;
  /** Between what balances hold back and what the open reservations say: zero. */
  heldDifference: number;
}

export interface OpenReservations {
  open: number;
  /** Older than any answer takes. */
  overdue: number;
}

/** An answer ends within minutes; who died over one is found within one. */
const OVERDUE_AFTER = `interval '10 minutes'`;
/** The sum goes over all entries there are. */
const SUM_FRESH_MS = 5 * 60_000;

/**
 * The books, which the processes of a service share: whoever reads them from several takes the
 * greatest and never the sum.
 */
export function watchLedger(
  metrics: Metrics,
  parts: { knex: Knex; alarms: () => Promise<number> },
): void {
  const figures = createFigures(parts.knex);
  metrics.reading({
    name: 'ledger_difference_tokens',
    help: 'entries: sum of all entries; held: what balances hold back less what is reserved. Both are 0 in sound books',
    type: 'gauge',
    labels: { between: ['entries', 'held'] },
    freshForMs: SUM_FRESH_MS,
    async read() {
      const { entriesSum, heldDifference } = await figures.sums();
      return [
        { labels: { between: 'entries' }, value: entriesSum },
        { labels: { between: 'held' }, value: heldDifference },
      ];
    },
  });
  metrics.reading({
    name: 'ledger_reservations',
    help: 'Reservations for answers that have not ended; overdue: for longer than any answer takes',
    type: 'gauge',
    labels: { state: ['open', 'overdue'] },
    async read() {
      const { open, overdue } = await figures.reservations();
      return [
        { labels: { state: 'open' }, value: open },
        { labels: { state: 'overdue' }, value: overdue },
      ];
    },
  });
  metrics.reading({
    name: 'reconciliation_alarms',
    help: 'Differences in the books that no administrator has taken note of',
    type: 'gauge',
    labels: {},
    read: async () => [{ labels: {}, value: await parts.alarms() }],
  });
}

function createFigures(knex: Knex) {
  return {
    async sums(): Promise<LedgerFigures> {
      const { rows } = await knex.raw(`
        select (select coalesce(sum(amount), 0) from ledger_entries) as entries,
          (select coalesce(sum(held), 0) from balances)
            - (select coalesce(sum(amount), 0) from reservations where status = 'held') as held`);
      return { entriesSum: Number(rows[0].entries), heldDifference: Number(rows[0].held) };
    },
    async reservations(): Promise<OpenReservations> {
      const { rows } = await knex.raw(`
        select count(*) as open,
          count(*) filter (where created_at < now() - ${OVERDUE_AFTER}) as overdue
        from reservations where status = 'held'`);
      return { open: Number(rows[0].open), overdue: Number(rows[0].overdue) };
    },
  };
}
