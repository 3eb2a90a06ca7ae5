import { AppError } from '../../errors.ts';
import type { Visit } from '../logins/login.ts';
import type { LoginLogStore } from '../logins/login-log-store.ts';
import { normaliseEmail, type User } from '../user.ts';
import type { UserStore } from '../user-store.ts';
import { passwordMatches } from './password-hash.ts';

export interface PasswordStores {
  users: UserStore;
  loginLog: LoginLogStore;
}

export interface PasswordService {
  /**
   * The account of that address if the password is right, `undefined` if not; it takes the same time
   * whether there is such an account or not. Each attempt that fails is on record.
   */
  check(email: string, password: string, visit: Visit): Promise<User | undefined>;
}

export function createPasswordService(parts: { stores: PasswordStores }): PasswordService {
  const { stores } = parts;
  return {
    async check(email, password, visit) {
      const user = await stores.users.byEmail(normaliseEmail(email));
      const matches = await passwordMatches(user?.passwordHash ?? null, password);
      if (!matches || !user) {
        await stores.loginLog.record(user?.id ?? null, visit, 'wrong_password');
        return undefined;
      }
      if (user.disabledAt) {
        await stores.loginLog.record(user.id, visit, 'disabled');
        throw new AppError(403, 'forbidden', '这个账号已被停用，请联系管理员。');
      }
      return user;
    },
  };
}
