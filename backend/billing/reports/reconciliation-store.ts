import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { createLedgerStore } from '../ledger/ledger-store.ts';
import type {
  Finding,
  LedgerReading,
  Reconciliation,
  ReconciliationKind,
  UsageReading,
} from './reconciliation.ts';

export interface ReconciliationStore {
  /** Everything that is compared, read at one moment. */
  read(closedUntil: Date): Promise<{ ledger: LedgerReading; usage: UsageReading }>;
  record(day: string, finding: Finding): Promise<void>;
  /** Newest first. */
  page(page: {
    limit: number;
    before: readonly [string, string] | undefined;
    kind?: ReconciliationKind | undefined;
  }): Promise<Reconciliation[]>;
}

/** Of what does not agree, so many are named: enough to begin to look. */
const NAMED = 100;
/** The whole ledger is read; what serves learners may not take so long. */
const TIMEOUT = '10min';

const UNSOUND_JOURNALS = `
  select journals.id from ledger_journals as journals
    left join ledger_entries as entries on entries.journal_id = journals.id
  group by journals.id, journals.amount
  having coalesce(sum(entries.amount), 0) <> 0
    or coalesce(sum(entries.amount) filter (where entries.user_id is not null), 0) <> journals.amount
  limit ${NAMED}`;

const DIFFERING_ANSWERS = `
  select coalesce(journals.message_id, usage.message_id) as message_id,
    usage.cost as usage, -journals.amount as ledger
  from (select message_id, amount from ledger_journals
      where kind in ('consume', 'settle') and message_id is not null and amount <> 0) as journals
    full join (select message_id, cost from answer_usage where cost <> 0) as usage
      on usage.message_id = journals.message_id
  where usage.cost is distinct from -journals.amount
  limit ${NAMED}`;

const SUMS = ['requests', 'prompt_tokens', 'cached_tokens', 'completion_tokens', 'cost'];

const DIFFERING_HOURS = `
  with counted as (
    select date_trunc('hour', ended_at, 'UTC') as hour, user_id, model, currency,
      count(*) as requests, sum(prompt_tokens) as prompt_tokens,
      sum(cached_tokens) as cached_tokens, sum(completion_tokens) as completion_tokens,
      sum(cost) as cost
    from answer_usage where ended_at < :until group by 1, 2, 3, 4
  )
  select distinct coalesce(counted.hour, summed.hour) as hour
  from counted full join (select * from usage_hours where hour < :until) as summed
    using (hour, user_id, model, currency)
  where ${SUMS.map((sum) => `counted.${sum} is distinct from summed.${sum}`).join(' or ')}
  order by 1 limit ${NAMED}`;

export function createReconciliationStore(knex: Knex): ReconciliationStore {
  return {
    read: (closedUntil) =>
      knex.transaction(
        async (snapshot) => {
          await snapshot.raw(`set local statement_timeout = '${TIMEOUT}'`);
          return {
            ledger: await readLedger(snapshot),
            usage: await readUsage(snapshot, closedUntil),
          };
        },
        { isolationLevel: 'repeatable read', readOnly: true },
      ),
    async record(day, { kind, sound, detail }) {
      const row = { id: randomUUID(), day, kind, sound, detail: JSON.stringify(detail) };
      await knex('reconciliations').insert(row);
    },
    async page({ limit, before, kind }) {
      const rows = knex('reconciliations')
        .select('id', 'kind', 'sound', 'detail', 'created_at')
        .select({ day: knex.raw('day::text') })
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (kind) rows.where({ kind });
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(({ created_at, ...row }) => ({ ...row, createdAt: created_at }));
    },
  };
}

async function readLedger(knex: Knex): Promise<LedgerReading> {
  const trial = await createLedgerStore(knex).trialBalance();
  const [set] = await knex('reservations').where({ status: 'held' }).sum({ aside: 'amount' });
  const [kept] = await knex('balances').sum({ held: 'held' });
  const { rows } = await knex.raw(UNSOUND_JOURNALS);
  return {
    trial,
    reservations: Number(set?.aside ?? 0),
    keptHeld: Number(kept?.held ?? 0),
    unsoundJournals: rows.map(({ id }: { id: string }) => id),
  };
}

async function readUsage(knex: Knex, until: Date): Promise<UsageReading> {
  const answers = await knex.raw(DIFFERING_ANSWERS);
  const hours = await knex.raw(DIFFERING_HOURS, { until });
  return {
    answers: answers.rows.map((row: DifferingAnswer) => ({
      messageId: row.message_id,
      usage: row.usage === null ? null : Number(row.usage),
      ledger: row.ledger === null ? null : Number(row.ledger),
    })),
    hours: hours.rows.map(({ hour }: { hour: Date }) => hour),
  };
}

interface DifferingAnswer {
  message_id: string;
  usage: string | null;
  ledger: string | null;
}
