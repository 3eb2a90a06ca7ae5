import type { Knex } from 'knex';
import type { Transact } from '../platform/database/transact.ts';
import type { AccountMails } from './email/account-mails.ts';
import { createGuestAllowances } from './guest-allowance-store.ts';
import { createAccessTokens } from './logins/access-tokens.ts';
import { createLoginLogStore } from './logins/login-log-store.ts';
import { createLoginService } from './logins/login-service.ts';
import { createLoginStore } from './logins/login-store.ts';
import { createRefreshTokenStore } from './logins/refresh-token-store.ts';
import { createPasswordService } from './passwords/password-service.ts';
import { createProfiles } from './profile-service.ts';
import { createRegistrationService, type RegistrationStores } from './registration-service.ts';
import { createUserStore } from './user-store.ts';

/** The stores of this room, on one connection or one transaction. */
export function accountStores(knex: Knex) {
  return {
    users: createUserStore(knex),
    logins: createLoginStore(knex),
    refreshTokens: createRefreshTokenStore(knex),
    loginLog: createLoginLogStore(knex),
    guestAllowances: createGuestAllowances(knex),
  };
}

/** What the room's services need: its own stores, and the little it needs of other rooms. */
export type AccountStores = ReturnType<typeof accountStores> &
  RegistrationStores & { accountMails: AccountMails };

export type AccountServices = ReturnType<typeof createAccounts>;

export function createAccounts(parts: {
  stores: AccountStores;
  transact: Transact<AccountStores>;
  jwtSecret: string;
  jwtPreviousSecrets: readonly string[];
  signupGrantTokens: number;
  guestGrantTokens: number;
  /** Wakes a worker for the mails that a transaction has recorded. */
  sendMails(): void;
}) {
  const { stores, transact, sendMails, signupGrantTokens, guestGrantTokens } = parts;
  const accessTokens = createAccessTokens(parts.jwtSecret, parts.jwtPreviousSecrets);
  const logins = createLoginService({ stores, transact, accessTokens });
  const grants = { signupGrantTokens, guestGrantTokens };
  return {
    accessTokens,
    logins,
    passwords: createPasswordService({ stores }),
    profiles: createProfiles(stores.users),
    registration: createRegistrationService({ stores, transact, logins, sendMails, ...grants }),
  };
}
