import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf, toRow } from '../../platform/database/row.ts';
import type { NewRedeemBatch, RedeemBatch, RedeemOrder } from './redeem-batch.ts';

/** A code with what its batch says of it. */
export interface FoundCode {
  id: string;
  tokens: number;
  expiresAt: Date | null;
  revokedAt: Date | null;
  redeemedBy: string | null;
}

export interface RedeemStore {
  insertBatch(
    batch: NewRedeemBatch,
    codes: readonly { hash: string; hint: string }[],
    authorId: string,
  ): Promise<RedeemBatch>;
  /** Newest first. */
  batches(page: {
    limit: number;
    before: readonly [string, string] | undefined;
  }): Promise<RedeemBatch[]>;
  /** Held until the transaction ends. */
  lockBatch(id: string): Promise<RedeemBatch | undefined>;
  revoke(id: string): Promise<void>;
  /** Held until the transaction ends: nobody else uses the code or revokes its batch meanwhile. */
  lockCode(hash: string): Promise<FoundCode | undefined>;
  /**
   * The code is used, and there is an order that says for what. The order has the code's id, so that
   * not even a mistake of ours could make two of one code.
   */
  redeem(code: FoundCode, userId: string, idempotencyKey: string | null): Promise<RedeemOrder>;
  /** The order of a code that was used, and under which key it was asked for. */
  orderOf(
    codeId: string,
  ): Promise<{ order: RedeemOrder; idempotencyKey: string | null } | undefined>;
}

const REDEEMED = `(select count(*)::int from redeem_codes
  where batch_id = redeem_batches.id and redeemed_at is not null) as redeemed`;

export function createRedeemStore(knex: Knex): RedeemStore {
  const batches = () => knex('redeem_batches').select('redeem_batches.*', knex.raw(REDEEMED));
  return {
    async insertBatch({ expiresAt, ...batch }, codes, authorId) {
      const row = { ...toRow(batch), id: randomUUID(), author_id: authorId };
      const [inserted] = await knex('redeem_batches')
        .insert({ ...row, expires_at: expiresAt ?? null })
        .returning('*');
      await knex('redeem_codes').insert(
        codes.map(({ hash, hint }) => ({
          id: randomUUID(),
          batch_id: row.id,
          code_hash: hash,
          hint,
        })),
      );
      return toBatch({ ...inserted, redeemed: 0 });
    },
    async batches({ limit, before }) {
      const rows = batches()
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(toBatch);
    },
    async lockBatch(id) {
      const row = await batches().where({ id }).forUpdate().first();
      return row && toBatch(row);
    },
    async revoke(id) {
      await knex('redeem_batches')
        .where({ id })
        .update({ revoked_at: knex.raw('clock_timestamp()') });
    },
    async lockCode(hash) {
      const { rows } = await knex.raw(LOCK_CODE, [hash]);
      return rows[0] && { ...fromRow<FoundCode>(rows[0]), tokens: Number(rows[0].tokens) };
    },
    async redeem({ id, tokens }, userId, idempotencyKey) {
      const now = new Date();
      await knex('redeem_codes').where({ id }).update({ redeemed_by: userId, redeemed_at: now });
      const [row] = await knex('orders')
        .insert({
          ...{ id, user_id: userId, channel: 'redeem_code', status: 'paid', amount_fen: 0, tokens },
          ...{ trade_no: id.replaceAll('-', ''), expires_at: now, paid_at: now },
          payment: idempotencyKey === null ? null : JSON.stringify({ idempotencyKey }),
        })
        .returning('*');
      return toOrder(row);
    },
    async orderOf(codeId) {
      const row = await knex('orders').where({ id: codeId }).first();
      return row && { order: toOrder(row), idempotencyKey: row.payment?.idempotencyKey ?? null };
    },
  };
}

const LOCK_CODE = `
  select redeem_codes.id, redeemed_by, tokens, expires_at, revoked_at
  from redeem_codes join redeem_batches on redeem_batches.id = batch_id
  where code_hash = ?
  for update of redeem_codes for share of redeem_batches`;

type BatchRow = Omit<RowOf<RedeemBatch>, 'tokens'> & { tokens: string };

function toBatch(row: BatchRow): RedeemBatch {
  return fromRow<RedeemBatch>({ ...row, tokens: Number(row.tokens) });
}

function toOrder(row: { id: string; tokens: string; expires_at: Date }): RedeemOrder {
  const { id, tokens, expires_at: expiresAt } = row;
  return { id, status: 'paid', amountFen: 0, tokens: Number(tokens), expiresAt };
}
