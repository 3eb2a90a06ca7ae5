import { AppError } from '../../errors.ts';
import type { MistakeLimit } from '../../http/rate-limit.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { journals } from '../ledger/journal.ts';
import type { LedgerStore } from '../ledger/ledger-store.ts';
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
}

export function createRedeemService(
  transact: Transact<RedeemStores>,
  guesses: MistakeLimit,
): RedeemService {
  return {
    async redeem(userId, typed, idempotencyKey) {
      const code = readRedeemCode(typed);
      if (!code) throw misspelt();
      await guesses.check(userId);
      const order = await transact(async ({ ledger, redeem }) => {
        await ledger.lock(userId);
        const found = await redeem.lockCode(hashRedeemCode(code));
        if (!found) return undefined;
        const repeated = await repeatedOrder(redeem, found, userId, idempotencyKey);
        if (repeated) return repeated;
        requireUsable(found);
        const made = await redeem.redeem(found, userId, idempotencyKey ?? null);
        const about = { userId, reason: '兑换码充值', reference: made.id };
        await ledger.post(journals.recharge(made.tokens, about));
        return made;
      });
      if (order) return { order };
      await guesses.count(userId);
      throw new AppError(404, 'not_found', '没有这个兑换码，请对照检查。');
    },
  };
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
