import { AppError } from '../errors.ts';

export type UserRole = 'guest' | 'learner' | 'admin';

/** Who is calling; read from the database on each request, so a change of role holds at once. */
export interface Identity {
  userId: string;
  role: UserRole;
  /** The login (device) the access token belongs to. */
  loginId: string;
}

/**
 * `open`: nobody is asked; `optional`: a token is honoured when there is one; `user`: anybody with a
 * token, also a guest; `account`: who has signed up; `admin`.
 */
export type Access = 'open' | 'optional' | 'user' | 'account' | 'admin';

/** The one place that says which role may do what; a route names its level, nothing else checks. */
const ADMITTED: Record<Access, readonly UserRole[]> = {
  open: ['guest', 'learner', 'admin'],
  optional: ['guest', 'learner', 'admin'],
  user: ['guest', 'learner', 'admin'],
  account: ['learner', 'admin'],
  admin: ['admin'],
};

export function requirePermission(access: Access, role: UserRole): void {
  if (ADMITTED[access].includes(role)) return;
  const message =
    access === 'admin' ? '只有管理员可以这样做。' : '游客不能这样做，请先注册或登录。';
  throw new AppError(403, 'forbidden', message);
}
