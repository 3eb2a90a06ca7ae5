import type { UserRole } from '../http/permissions.ts';

export interface User {
  id: string;
  email: string | null;
  passwordHash: string | null;
  emailVerified: boolean;
  nickname: string;
  avatarUrl: string | null;
  role: UserRole;
  plan: 'free' | 'vip';
  /** When the plan ends; null for one without an end. Ask {@link currentPlan} which plan counts. */
  planUntil: Date | null;
  wechatLinked: boolean;
  disabledAt: Date | null;
  /** The owner has closed the account; from then on it may be erased. */
  closingAt: Date | null;
  erasedAt: Date | null;
  /** The account that took this one's place. */
  mergedInto: string | null;
  createdAt: Date;
}

export type NewUser = Pick<User, 'id' | 'email' | 'passwordHash' | 'nickname' | 'role'> &
  Partial<Pick<User, 'avatarUrl'>>;

/** What may change of an account. */
export type UserChange = Partial<Omit<User, 'id' | 'createdAt' | 'wechatLinked'>>;

export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** A name to greet somebody by who gave none: what stands before the @. */
export function nicknameFromEmail(email: string): string {
  return email.split('@')[0]?.slice(0, 32) || '同学';
}

/** The plan that counts now: one that is over counts no more, whether or not it was taken back yet. */
export function currentPlan(
  { plan, planUntil }: Pick<User, 'plan' | 'planUntil'>,
  now = new Date(),
): User['plan'] {
  return planUntil && planUntil <= now ? 'free' : plan;
}
