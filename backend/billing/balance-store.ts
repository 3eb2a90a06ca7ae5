import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import type { Balance, BalanceTransaction, TransactionType } from './balance.ts';

export interface BalanceStore {
  open(userId: string): Promise<void>;
  credit(userId: string, type: TransactionType, amount: number, reason: string): Promise<void>;
  read(userId: string): Promise<Balance>;
  /**
   * Moves the whole balance of one to another and says how much it was; `undefined`, and nothing done,
   * while part of it is held for an answer.
   */
  transfer(
    fromUserId: string,
    toUserId: string,
    reasons: { from: string; to: string },
  ): Promise<number | undefined>;
  /** Sets tokens aside for an answer; false, and nothing done, when not so many are available. */
  reserve(userId: string, messageId: string, amount: number): Promise<boolean>;
  /** Ends the reservation of an answer and takes what it cost, at most what was set aside; once. */
  settle(messageId: string, cost: number, reason: string): Promise<void>;
  /** Ends the reservation of an answer and takes nothing; once. */
  release(messageId: string): Promise<void>;
  /** How many questions were asked; counts those whose conversation was deleted since. */
  questionsSince(userId: string, since: Date): Promise<number>;
  consumedSince(userId: string, since: Date): Promise<number>;
  /** Reservations older than `before` whose answer is not being written any more. */
  orphaned(before: Date): Promise<string[]>;
  /**
   * Removes the ledger of somebody who was given tokens and never spent or bought any; false, and
   * nothing done, when there is more to account for than that.
   */
  deleteIfUnused(userId: string): Promise<boolean>;
  transactions(
    userId: string,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<BalanceTransaction[]>;
}

/** Methods that write must run in a transaction: each changes a balance and records why. */
export function createBalanceStore(knex: Knex): BalanceStore {
  async function record(
    userId: string,
    entry: Pick<BalanceTransaction, 'type' | 'amount' | 'balanceAfter' | 'reason' | 'messageId'>,
  ): Promise<void> {
    await knex('balance_transactions').insert({
      id: randomUUID(),
      user_id: userId,
      type: entry.type,
      amount: entry.amount,
      balance_after: entry.balanceAfter,
      reason: entry.reason,
      message_id: entry.messageId,
    });
  }

  async function credit(
    userId: string,
    type: TransactionType,
    amount: number,
    reason: string,
  ): Promise<void> {
    if (amount === 0) return;
    const [row] = await knex('balances')
      .where({ user_id: userId })
      .update({ balance: knex.raw('balance + ?', [amount]) })
      .returning('balance');
    const balanceAfter = Number(row.balance);
    await record(userId, { type, amount, balanceAfter, reason, messageId: null });
  }

  async function endReservation(messageId: string, status: 'settled' | 'released') {
    const rows = await knex('reservations')
      .where({ message_id: messageId, status: 'held' })
      .update({ status, ended_at: knex.fn.now() })
      .returning(['user_id', 'amount']);
    const row = rows[0];
    return row && { userId: String(row.user_id), amount: Number(row.amount) };
  }

  return {
    async open(userId) {
      await knex('balances').insert({ user_id: userId, balance: 0 });
    },
    credit,
    async read(userId) {
      const row = await knex('balances').where({ user_id: userId }).first();
      return { balance: Number(row?.balance ?? 0), held: Number(row?.held ?? 0) };
    },
    async transfer(fromUserId, toUserId, reasons) {
      const rows = await knex('balances')
        .whereIn('user_id', [fromUserId, toUserId])
        .orderBy('user_id')
        .forNoKeyUpdate()
        .select('user_id', 'balance', 'held');
      const from = rows.find((row) => row.user_id === fromUserId);
      if (Number(from?.held ?? 0) > 0) return undefined;
      const amount = Number(from?.balance ?? 0);
      await credit(fromUserId, 'adjust', -amount, reasons.from);
      await credit(toUserId, 'adjust', amount, reasons.to);
      return amount;
    },
    async reserve(userId, messageId, amount) {
      const changed = await knex('balances')
        .where({ user_id: userId })
        .whereRaw('balance - held >= ?', [amount])
        .update({ held: knex.raw('held + ?', [amount]) });
      if (changed === 0) return false;
      await knex('reservations').insert({ message_id: messageId, user_id: userId, amount });
      return true;
    },
    async settle(messageId, cost, reason) {
      const reservation = await endReservation(messageId, 'settled');
      if (!reservation) return;
      const { userId, amount } = reservation;
      const taken = Math.min(cost, amount);
      const [row] = await knex('balances')
        .where({ user_id: userId })
        .update({
          balance: knex.raw('balance - ?', [taken]),
          held: knex.raw('held - ?', [amount]),
        })
        .returning('balance');
      if (taken === 0) return;
      const balanceAfter = Number(row.balance);
      await record(userId, { type: 'consume', amount: -taken, balanceAfter, reason, messageId });
    },
    async release(messageId) {
      const reservation = await endReservation(messageId, 'released');
      if (!reservation) return;
      await knex('balances')
        .where({ user_id: reservation.userId })
        .update({ held: knex.raw('held - ?', [reservation.amount]) });
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
    async consumedSince(userId, since) {
      const [row] = await knex('balance_transactions')
        .where({ user_id: userId, type: 'consume' })
        .where('created_at', '>=', since)
        .sum({ total: 'amount' });
      return -Number(row?.total ?? 0);
    },
    async deleteIfUnused(userId) {
      const unused = await knex('balances')
        .where({ user_id: userId, held: 0 })
        .whereNotExists(
          knex('balance_transactions')
            .where({ user_id: userId })
            .whereNot({ type: 'grant' })
            .select(knex.raw('1')),
        )
        .forUpdate()
        .first('user_id');
      if (!unused) return false;
      for (const table of ['reservations', 'balance_transactions', 'balances']) {
        await knex(table).where({ user_id: userId }).delete();
      }
      return true;
    },
    async transactions(userId, { limit, before }) {
      const rows = knex('balance_transactions')
        .where({ user_id: userId })
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(toTransaction);
    },
  };
}

interface TransactionRow {
  id: string;
  type: TransactionType;
  amount: string;
  balance_after: string;
  reason: string;
  message_id: string | null;
  created_at: Date;
}

function toTransaction(row: TransactionRow): BalanceTransaction {
  return {
    id: row.id,
    type: row.type,
    amount: Number(row.amount),
    balanceAfter: Number(row.balance_after),
    reason: row.reason,
    messageId: row.message_id,
    createdAt: row.created_at,
  };
}
