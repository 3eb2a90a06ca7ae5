import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Balance, BalanceTransaction, TransactionType } from '../balance.ts';
import { effectOf, type Journal, type JournalKind, type LedgerAccount } from './journal.ts';

export interface TrialBalance {
  /** Sum of all entries by account: of everything together it is zero. */
  totals: Partial<Record<LedgerAccount, number>>;
  /** Users whose kept balance is not what their entries sum to. */
  differing: { userId: string; kept: Balance; summed: Balance }[];
}

export interface TransactionFilter {
  type?: TransactionType | undefined;
  from?: Date | undefined;
  /** Up to, but not with. */
  to?: Date | undefined;
}

export type FoundTransaction = BalanceTransaction & { userId: string };

/**
 * Whoever writes holds the user's row first ({@link LedgerStore.lock}), within one transaction: what
 * was read stays true until the end, and of two writers of one user the second waits.
 */
export interface LedgerStore {
  open(userId: string): Promise<void>;
  /** What a user has; held until the transaction ends. Several users: in the order of their ids. */
  lock(userId: string): Promise<Balance>;
  read(userId: string): Promise<Balance>;
  /**
   * Writes a journal, and the balance with it. False, and nothing done, when its event has been
   * written before. Rejects what would spend more than there is: the caller has the lock and knows.
   */
  post(journal: Journal): Promise<boolean>;
  /** What was written for an event, if it was. */
  find(kind: JournalKind, reference: string): Promise<FoundTransaction | undefined>;
  transactions(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
    filter?: TransactionFilter,
  ): Promise<BalanceTransaction[]>;
  consumedSince(userId: string, since: Date): Promise<number>;
  /** Compares what is kept with what the entries say. */
  trialBalance(): Promise<TrialBalance>;
}

export function createLedgerStore(knex: Knex): LedgerStore {
  return {
    async open(userId) {
      await knex('balances').insert({ user_id: userId, balance: 0 });
    },
    async lock(userId) {
      const row = await knex('balances').where({ user_id: userId }).forUpdate().first();
      if (!row) throw new Error(`no balance of ${userId}`);
      return toBalance(row);
    },
    async read(userId) {
      const row = await knex('balances').where({ user_id: userId }).first();
      return row ? toBalance(row) : { balance: 0, held: 0 };
    },
    async post(journal) {
      if (journal.legs.length === 0) return true;
      const { rows } = await knex.raw(POST, bindingsOf(journal)).options(PREPARED);
      return rows.length > 0;
    },
    async find(kind, reference) {
      const row = await knex('ledger_journals').where({ kind, reference }).first();
      return row && { ...toTransaction(row), userId: row.user_id };
    },
    async transactions(userId, { limit, before }, filter = {}) {
      const rows = knex('ledger_journals')
        .where({ user_id: userId })
        .whereNot({ amount: 0 })
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit)
        .select(
          'ledger_journals.*',
          knex('messages')
            .whereRaw('messages.id = ledger_journals.message_id')
            .select('session_id')
            .as('session_id'),
        );
      if (filter.type) rows.whereIn('kind', KINDS_OF[filter.type]);
      if (filter.from) rows.where('created_at', '>=', filter.from);
      if (filter.to) rows.where('created_at', '<', filter.to);
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(toTransaction);
    },
    async consumedSince(userId, since) {
      const [row] = await knex('ledger_journals')
        .where({ user_id: userId })
        .whereIn('kind', KINDS_OF.consume)
        .where('created_at', '>=', since)
        .sum({ total: 'amount' });
      return -Number(row?.total ?? 0);
    },
    trialBalance: () => readTrialBalance(knex),
  };
}

const KINDS_OF: Record<TransactionType, Journal['kind'][]> = {
  grant: ['grant'],
  recharge: ['recharge'],
  consume: ['consume', 'settle'],
  refund: ['refund'],
  adjust: ['adjust'],
};

/** One statement: the balance moves, and the journal with its entries says why, or nothing happens. */
const POST = `
  with moved as (
    update balances set balance = balance + :balance, held = held + :held
    where user_id = :userId and not exists (
      select from ledger_journals where kind = :kind and reference = :reference)
    returning balance
  ), journal as (
    insert into ledger_journals
        (id, kind, reference, user_id, amount, balance_after, reason, message_id)
      select :id, :kind, :reference, :userId, :balance, moved.balance, :reason, :messageId
      from moved
      returning id
  )
  insert into ledger_entries (journal_id, account, user_id, amount)
    select journal.id, leg.account, leg.user_id::uuid, leg.amount
    from journal cross join jsonb_to_recordset(:legs)
      as leg (account text, user_id text, amount bigint)
    returning journal_id`;

/** Each connection plans it once: that is most of what it costs. */
const PREPARED = { name: 'ledger-post' };

function bindingsOf(journal: Journal) {
  const { kind, reference, userId, reason, messageId } = journal;
  const legs = journal.legs.map(({ account, amount }) => ({
    account,
    amount,
    user_id: account === 'available' || account === 'reserved' ? userId : null,
  }));
  return {
    ...{ id: randomUUID(), kind, reference, userId, reason, messageId },
    ...effectOf(journal),
    legs: JSON.stringify(legs),
  };
}

async function readTrialBalance(knex: Knex): Promise<TrialBalance> {
  const sums = await knex('ledger_entries').groupBy('account').select('account').sum('amount');
  const { rows } = await knex.raw(`
    select balances.user_id, balances.balance, balances.held,
      coalesce(available, 0) + coalesce(reserved, 0) as summed_balance,
      coalesce(reserved, 0) as summed_held
    from balances left join (
      select user_id,
        sum(amount) filter (where account = 'available') as available,
        sum(amount) filter (where account = 'reserved') as reserved
      from ledger_entries where user_id is not null group by user_id
    ) as entries using (user_id)
    where balances.balance <> coalesce(available, 0) + coalesce(reserved, 0)
       or balances.held <> coalesce(reserved, 0)
    limit 100`);
  return {
    totals: Object.fromEntries(sums.map((row) => [row.account, Number(row.sum)])),
    differing: rows.map((row: Record<string, string>) => ({
      userId: String(row.user_id),
      kept: { balance: Number(row.balance), held: Number(row.held) },
      summed: { balance: Number(row.summed_balance), held: Number(row.summed_held) },
    })),
  };
}

function toBalance(row: { balance: string; held: string }): Balance {
  return { balance: Number(row.balance), held: Number(row.held) };
}

interface JournalRow {
  id: string;
  kind: Journal['kind'];
  amount: string;
  balance_after: string;
  reason: string;
  message_id: string | null;
  session_id?: string | null;
  created_at: Date;
}

function toTransaction(row: JournalRow): BalanceTransaction {
  const types = Object.entries(KINDS_OF) as [TransactionType, Journal['kind'][]][];
  const type = types.find(([, kinds]) => kinds.includes(row.kind))?.[0];
  if (!type) throw new Error(`a ${row.kind} changes no balance`);
  return {
    id: row.id,
    type,
    amount: Number(row.amount),
    balanceAfter: Number(row.balance_after),
    reason: row.reason,
    messageId: row.message_id,
    sessionId: row.session_id ?? null,
    createdAt: row.created_at,
  };
}
