import type { User } from '../api/types.ts';

/** The server does not say whether a password is set; whoever came by WeChat may have none. */
export function mayHaveNoPassword(user: Pick<User, 'wechatLinked'>): boolean {
  return user.wechatLinked;
}
