import { AppError } from '../../errors.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { LoginStores } from '../logins/login-service.ts';
import { currentPlan, type User } from '../user.ts';
import type { WechatIdentityStore } from './wechat-identity-store.ts';

export interface MergeStores extends LoginStores {
  wechatIdentities: WechatIdentityStore;
  balances: {
    transfer(
      fromUserId: string,
      toUserId: string,
      reasons: { from: string; to: string },
    ): Promise<number | undefined>;
  };
  audit: AuditTrail;
}

/** Nothing was changed: an answer of the account that would go is still being written. */
export function mergeMustWait(): AppError {
  const message = '这个微信原来的账号还有回答没写完，请等它结束再试。';
  return new AppError(409, 'generation_in_progress', message);
}

/**
 * Makes `from` a part of `into`, within the caller's transaction and with both accounts locked.
 * Conversations go before the balance, in the order in which questions lock them: whoever asks at
 * the same time either comes first, and is seen in what is held, or finds no balance any more.
 */
export async function mergeAccounts(
  stores: MergeStores,
  { from, into, address }: { from: User; into: User; address: string },
): Promise<void> {
  await stores.sessions.changeOwner(from.id, into.id);
  const reasons = { from: '并入账号', to: '并自账号' };
  const amount = await stores.balances.transfer(from.id, into.id, reasons);
  if (amount === undefined) throw mergeMustWait();
  await stores.loginLog.changeOwner(from.id, into.id);
  await stores.wechatIdentities.changeOwner(from.id, into.id);
  await stores.logins.endAll(from.id);
  const plan = planOfBoth(from, into);
  if (plan) await stores.users.update(into.id, plan);
  const gone = { disabledAt: new Date(), mergedInto: into.id, closingAt: null };
  await stores.users.update(from.id, gone);
  await stores.audit.record({
    actorId: into.id,
    action: 'account.merge',
    targetType: 'user',
    targetId: into.id,
    detail: { from: from.id, amount, ...(plan ? { plan: plan.plan } : {}) },
    address,
  });
}

/** What the plan of both comes to: what was left of the one that goes is added to the other's. */
function planOfBoth(from: User, into: User): Pick<User, 'plan' | 'planUntil'> | undefined {
  if (currentPlan(from) !== 'vip') return undefined;
  const { planUntil } = from;
  if (currentPlan(into) !== 'vip' || planUntil === null) return { plan: 'vip', planUntil };
  if (into.planUntil === null) return undefined;
  const left = planUntil.getTime() - Date.now();
  return { plan: 'vip', planUntil: new Date(into.planUntil.getTime() + left) };
}
