export interface User {
  id: string;
  email: string | null;
  passwordHash: string | null;
  emailVerified: boolean;
  nickname: string;
  avatarUrl: string | null;
  role: 'guest' | 'learner' | 'admin';
  plan: 'free' | 'vip';
  disabledAt: Date | null;
  createdAt: Date;
}

export type NewUser = Pick<User, 'id' | 'email' | 'passwordHash' | 'nickname' | 'role'>;

export function normaliseEmail(email: string): string {
  return email.trim().toLowerCase();
}

/** A name to greet somebody by who gave none: what stands before the @. */
export function nicknameFromEmail(email: string): string {
  return email.split('@')[0]?.slice(0, 32) || '同学';
}
