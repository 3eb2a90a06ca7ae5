import { AppError } from '../../errors.ts';
import type { IdempotencyStore } from '../../http/idempotency.ts';
import type { MistakeLimit } from '../../http/rate-limit.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { journals } from '../ledger/journal.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
import { claimOrderKey, rechargeScope } from '../recharge/order-key.ts';
import type { RedeemOrder } from './redeem-batch.ts';
import { hashRedeemCode, readRedeemCode } from './redeem-code.ts';
import type { FoundCode, RedeemStore } from './redeem-store.ts';

export interface RedeemService {
  /**
   * Credits what a code is worth, once: the code, its order and the journal are one transaction. The
   * same user with the same key gets the same order again, so that a reply that was lost can be
   * asked for.
   */
  redeem(userId: string, code: string, idempotencyKey?: string): Promise<{ order: RedeemOrder }>;
}

interface RedeemStores {
  redeem: Pick<RedeemStore, 'lockCode' | 'redeem' | 'orderOf'>;
  ledger: Pick<LedgerStore, 'lock' | 'post'>;
  idempotency: Pick<IdempotencyStore, 'claim' | 'keep'>;
}

export function createRedeemService(
  transact: Transact<RedeemStores>,
  guesses: MistakeLimit,
): RedeemService {
  /** `undefined` when nobody made the code. */
  const redeemWithin = (userId: string, code: string, idempotencyKey: string | undefined) =>
    transact(async ({ ledger, redeem, idempotency }) => {
      await ledger.lock(userId);
      const found = await redeem.lockCode(hashRedeemCode(code));
      if (!found) return undefined;
      const repeated = await repeatedOrder(redeem, found, userId, idempotencyKey);
      if (repeated) return repeated;
      const scope = scopeOf(userId, code, idempotencyKey);
      if (scope) await claimOrderKey(idempotency, scope);
      requireUsable(found);
      const made = await redeem.redeem(found, userId, idempotencyKey ?? null);
      const about = { userId, reason: '兑换码充值', reference: made.id };
      await ledger.post(journals.recharge(made.tokens, about));
      if (scope) await idempotency.keep(scope, { orderId: made.id });
      return made;
    });

  return {
    async redeem(userId, typed, idempotencyKey) {
      const code = readRedeemCode(typed);
      if (!code) throw misspelt();
      const guess = await guesses.begin(userId);
      const outcome = await redeemWithin(userId, code, idempotencyKey).catch((error: unknown) => ({
        error,
      }));
      if (outcome === undefined) throw nobodyMadeIt();
      await guess.forgive();
      if ('error' in outcome) throw outcome.error;
      return { order: outcome };
    },
  };
}

/** Keeps the key from being used for anything else; the code's own order remembers it longer. */
function scopeOf(userId: string, code: string, idempotencyKey: string | undefined) {
  if (idempotencyKey === undefined) return undefined;
  const body = { channel: 'redeem_code', code: hashRedeemCode(code) };
  return rechargeScope(userId, idempotencyKey, body);
}

async function repeatedOrder(
  redeem: Pick<RedeemStore, 'orderOf'>,
  { id, redeemedBy }: FoundCode,
  userId: string,
  idempotencyKey: string | undefined,
): Promise<RedeemOrder | undefined> {
  if (redeemedBy !== userId || idempotencyKey === undefined) return undefined;
  const before = await redeem.orderOf(id);
  return before?.idempotencyKey === idempotencyKey ? before.order : undefined;
}

function requireUsable({ redeemedBy, revokedAt, expiresAt }: FoundCode): void {
  const refuse = (message: string) => new AppError(409, 'conflict', message);
  if (redeemedBy) throw refuse('这个兑换码已经用过了。');
  if (revokedAt) throw refuse('这个兑换码已经作废了。');
  if (expiresAt && expiresAt <= new Date()) throw refuse('这个兑换码已经过期了。');
}

function misspelt(): AppError {
  return new AppError(400, 'invalid_input', '兑换码有错字，请对照检查。', {
    details: [{ path: 'redeemCode', message: '有错字或不完整' }],
  });
}

function nobodyMadeIt(): AppError {
  return new AppError(404, 'not_found', '没有这个兑换码，请对照检查。');
}
