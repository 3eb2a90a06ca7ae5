import { AppError } from '../errors.ts';
import type { UserRole } from '../http/permissions.ts';

/** An account as an administrator sees it. */
export interface AdministeredUser {
  id: string;
  email: string | null;
  emailVerified: boolean;
  nickname: string;
  avatarUrl: string | null;
  role: UserRole;
  /** The one that counts now. */
  plan: 'free' | 'vip';
  /** When it ends; null for one without an end. */
  planUntil: Date | null;
  wechatLinked: boolean;
  disabledAt: Date | null;
  /** When an account that its owner has closed will be erased. */
  closingAt: Date | null;
  lastLoginAt: Date | null;
  createdAt: Date;
}

export interface UserAmendment {
  role?: 'learner' | 'admin' | undefined;
  plan?: 'free' | 'vip' | undefined;
  /** Only beside `plan: 'vip'`; left out, that one has no end. */
  planUntil?: Date | null | undefined;
  disabled?: boolean | undefined;
}

/** One change that an amendment really makes, as the audit log names it. */
export interface Deed {
  action: 'user.role' | 'user.plan' | 'user.disable' | 'user.enable';
  detail: Record<string, unknown>;
}

/** What would be different afterwards; nothing for what is so already. */
export function deedsOf(user: AdministeredUser, amendment: UserAmendment): Deed[] {
  const { role, plan, disabled } = amendment;
  const deeds: Deed[] = [];
  if (role !== undefined && role !== user.role) {
    deeds.push({ action: 'user.role', detail: { from: user.role, to: role } });
  }
  const until = amendment.planUntil?.getTime() ?? null;
  if (plan !== undefined && (plan !== user.plan || until !== (user.planUntil?.getTime() ?? null))) {
    const end = amendment.planUntil ? { until: amendment.planUntil.toISOString() } : {};
    deeds.push({ action: 'user.plan', detail: { from: user.plan, to: plan, ...end } });
  }
  if (disabled !== undefined && disabled !== (user.disabledAt !== null)) {
    deeds.push({ action: disabled ? 'user.disable' : 'user.enable', detail: {} });
  }
  return deeds;
}

/** Whether an admin would be one no longer, or could not act as one any more. */
export function unseatsAdmin(user: Pick<AdministeredUser, 'role'>, amendment: UserAmendment) {
  return user.role === 'admin' && (amendment.role === 'learner' || amendment.disabled === true);
}

/**
 * Refuses what would leave the site without anybody to administer it, or lock out the one who asks.
 * `activeAdmins` must be held until the change is made.
 */
export function requireAmendable(
  user: AdministeredUser,
  amendment: UserAmendment,
  actorId: string,
  activeAdmins: readonly string[],
): void {
  if (user.role === 'guest' && amendment.role !== undefined) {
    throw conflict('游客还没有注册，不能给他角色。');
  }
  if (!unseatsAdmin(user, amendment)) return;
  if (user.id === actorId) throw conflict('不能停用自己，也不能取消自己的管理员身份。');
  if (!activeAdmins.includes(actorId)) {
    throw new AppError(403, 'forbidden', '只有管理员可以这样做。');
  }
  if (activeAdmins.every((id) => id === user.id)) {
    throw conflict('这是最后一位管理员，不能停用或取消。');
  }
}

function conflict(message: string): AppError {
  return new AppError(409, 'conflict', message);
}
