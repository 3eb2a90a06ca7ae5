import { z } from 'zod';
import type { Administrator, AuditTrail } from '../../audit-trail.ts';
import { AppError } from '../../errors.ts';
import type { IdempotencyScope, IdempotencyStore } from '../../http/idempotency.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { SecretBox } from '../../platform/secret-box.ts';
import { deedOf } from '../audit-trail.ts';
import type { NewRedeemBatch, RedeemBatch } from './redeem-batch.ts';
import { hashRedeemCode, hintOf, newRedeemCode, readRedeemCode } from './redeem-code.ts';
import type { RedeemStore } from './redeem-store.ts';

export interface IssuedBatch {
  batch: RedeemBatch;
  /** Shown now and never again. */
  codes: string[];
}

export interface RedeemBatchService {
  /** The same key and batch get the same codes again for as long as keys are kept. */
  issue(by: Administrator, batch: NewRedeemBatch, idempotencyKey?: string): Promise<IssuedBatch>;
  batches(page: {
    limit: number;
    before: readonly [string, string] | undefined;
  }): Promise<Page<RedeemBatch>>;
  /** Codes of the batch that are not used yet cannot be used any more. */
  revoke(by: Administrator, id: string): Promise<RedeemBatch>;
}

interface BatchStores {
  redeem: Pick<RedeemStore, 'insertBatch' | 'batches' | 'lockBatch' | 'revoke'>;
  idempotency: Pick<IdempotencyStore, 'claim' | 'keep'>;
  audit: AuditTrail;
}

/** What is kept for a repetition: the codes only sealed, since the database holds none in clear. */
const keptSchema = z.object({ batchId: z.string(), sealed: z.string() });

export function createRedeemBatchService(parts: {
  stores: Pick<BatchStores, 'redeem'>;
  transact: Transact<BatchStores>;
  secretBox: SecretBox;
}): RedeemBatchService {
  const { stores, transact, secretBox } = parts;

  async function issueWithin(
    { redeem, audit }: BatchStores,
    by: Administrator,
    batch: NewRedeemBatch,
  ) {
    if (batch.expiresAt && batch.expiresAt <= new Date()) throw expired();
    const codes = Array.from({ length: batch.count }, newRedeemCode);
    const kept = codes.map((printed) => {
      const code = readRedeemCode(printed) ?? '';
      return { hash: hashRedeemCode(code), hint: hintOf(code) };
    });
    const issued = await redeem.insertBatch(batch, kept, by.userId);
    const detail = { ...batch, expiresAt: batch.expiresAt?.toISOString() ?? null };
    const target = { targetType: 'redeem_batch', targetId: issued.id, detail };
    await audit.record(deedOf(by, 'redeem_batch.issue', target));
    return { batch: issued, codes };
  }

  async function repeatedWithin({ redeem }: BatchStores, reply: unknown, context: string) {
    const { batchId, sealed } = keptSchema.parse(reply);
    const codes = secretBox.open(sealed, context);
    const batch = await redeem.lockBatch(batchId);
    if (codes && batch) return { batch, codes: codes.split('\n') };
    throw new AppError(409, 'conflict', '这批兑换码已经生成，但不能再显示；请作废它，另生成一批。');
  }

  return {
    issue(by, batch, key) {
      return transact(async (within) => {
        if (key === undefined) return issueWithin(within, by, batch);
        const scope = scopeOf(by, batch, key);
        const context = `redeem codes ${by.userId} ${key}`;
        const claim = await within.idempotency.claim(scope);
        if (typeof claim === 'object') return repeatedWithin(within, claim.reply, context);
        if (claim === 'busy') throw stillBusy();
        const issued = await issueWithin(within, by, batch);
        const sealed = secretBox.seal(issued.codes.join('\n'), context);
        await within.idempotency.keep(scope, { batchId: issued.batch.id, sealed });
        return issued;
      });
    },

    async batches({ limit, before }) {
      const rows = await stores.redeem.batches({ limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },

    revoke: (by, id) =>
      transact(async ({ redeem, audit }) => {
        const batch = await redeem.lockBatch(id);
        if (!batch) throw new AppError(404, 'not_found', '没有这批兑换码。');
        if (batch.revokedAt) return batch;
        await redeem.revoke(id);
        const detail = { unused: batch.count - batch.redeemed };
        const target = { targetType: 'redeem_batch', targetId: id, detail };
        await audit.record(deedOf(by, 'redeem_batch.revoke', target));
        return (await redeem.lockBatch(id)) ?? batch;
      }),
  };
}

function scopeOf(by: Administrator, batch: NewRedeemBatch, key: string): IdempotencyScope {
  return { userId: by.userId, route: 'post /api/admin/redeem-codes', key, body: batch };
}

function expired(): AppError {
  return new AppError(400, 'invalid_input', '到期时间必须在以后。', {
    details: [{ path: 'expiresAt', message: '必须在以后' }],
  });
}

function stillBusy(): AppError {
  return new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
}
