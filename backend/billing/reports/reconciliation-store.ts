import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { readLedger } from './ledger-comparison.ts';
import type {
  Finding,
  LedgerReading,
  Reconciliation,
  ReconciliationKind,
  UsageReading,
} from './reconciliation.ts';
import { readUsage } from './usage-comparison.ts';

export interface ReconciliationFilter {
  kind?: ReconciliationKind | undefined;
  /** Only differences that nobody took note of. */
  alarms?: boolean | undefined;
}

export interface ReconciliationStore {
  /** Everything that is compared, read at one moment. */
  read(currentHour: Date): Promise<{ ledger: LedgerReading; usage: UsageReading }>;
  record(day: string, finding: Finding): Promise<string>;
  has(kind: ReconciliationKind, day: string): Promise<boolean>;
  byId(id: string): Promise<Reconciliation | undefined>;
  /** Newest first. */
  page(
    page: { limit: number; before: readonly [string, string] | undefined },
    filter?: ReconciliationFilter,
  ): Promise<Reconciliation[]>;
  /** Somebody took note of a difference and of those of its kind before it; how many that were. */
  acknowledge(finding: Reconciliation, by: string): Promise<number>;
  /** Differences that nobody took note of. */
  alarms(): Promise<number>;
  /** Who is told of a difference: administrators with an address that is theirs. */
  administrators(): Promise<string[]>;
  /** `undefined` when that has changed. */
  administratorAddress(userId: string): Promise<string | undefined>;
}

/** The whole ledger is read; what serves learners may not take so long. */
const TIMEOUT = '10min';

const IN_OFFICE = `role = 'admin' and email is not null and email_verified
  and disabled_at is null and closing_at is null and erased_at is null and merged_into is null`;
const ALARMING = 'not sound and acknowledged_at is null';

export function createReconciliationStore(knex: Knex): ReconciliationStore {
  const table = () => knex('reconciliations');
  const rows = () =>
    table()
      .select('id', 'kind', 'sound', 'detail', 'created_at', 'acknowledged_at')
      .select({ day: knex.raw('day::text') });
  return {
    read: (currentHour) => readEverything(knex, currentHour),
    async record(day, { kind, sound, detail }) {
      const id = randomUUID();
      await table().insert({ id, day, kind, sound, detail: JSON.stringify(detail) });
      return id;
    },
    has: async (kind, day) => (await table().where({ kind, day }).first('id')) !== undefined,
    async byId(id) {
      const row = await rows().where({ id }).first();
      return row && toReconciliation(row);
    },
    async page({ limit, before }, { kind, alarms } = {}) {
      const found = rows()
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (kind) found.where({ kind });
      if (alarms) found.whereRaw(ALARMING);
      if (before) found.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await found).map(toReconciliation);
    },
    acknowledge: ({ kind, createdAt }, by) =>
      table()
        .where({ kind })
        .where('created_at', '<=', createdAt)
        .whereRaw(ALARMING)
        .update({ acknowledged_at: knex.raw('now()'), acknowledged_by: by }),
    async alarms() {
      const [row] = await table().whereRaw(ALARMING).count({ count: '*' });
      return Number(row?.count ?? 0);
    },
    async administrators() {
      const found = await knex('users').whereRaw(IN_OFFICE).orderBy('id').select('id');
      return found.map(({ id }) => id);
    },
    async administratorAddress(userId) {
      const row = await knex('users').where({ id: userId }).whereRaw(IN_OFFICE).first('email');
      return row?.email;
    },
  };
}

function readEverything(knex: Knex, currentHour: Date) {
  return knex.transaction(
    async (snapshot) => {
      await snapshot.raw(`set local statement_timeout = '${TIMEOUT}'`);
      return {
        ledger: await readLedger(snapshot, currentHour),
        usage: await readUsage(snapshot, currentHour),
      };
    },
    { isolationLevel: 'repeatable read', readOnly: true },
  );
}

type StoredReconciliation = Omit<Reconciliation, 'createdAt' | 'acknowledgedAt'> & {
  created_at: Date;
  acknowledged_at: Date | null;
};

function toReconciliation(row: StoredReconciliation): Reconciliation {
  const { created_at: createdAt, acknowledged_at: acknowledgedAt, ...same } = row;
  return { ...same, createdAt, acknowledgedAt };
}
