import type { Knex } from 'knex';
import type { Transact } from '../platform/database/transact.ts';
import { createAvatars } from './avatars/avatar-service.ts';
import { createAvatarStore } from './avatars/avatar-store.ts';
import {
  type ClosingParts,
  composeClosing,
  type LeavingStores,
} from './closing/compose-closing.ts';
import { createErasureStore } from './closing/erasure-store.ts';
import { composePasswords, type PasswordParts } from './compose-passwords.ts';
import type { AccountMails } from './email/account-mails.ts';
import { createEmailTokenStore } from './email/email-token-store.ts';
import { createGuestAllowances } from './guest-allowance-store.ts';
import { createAccessTokens } from './logins/access-tokens.ts';
import { createLoginLogStore } from './logins/login-log-store.ts';
import { createLoginService } from './logins/login-service.ts';
import { createLoginStore } from './logins/login-store.ts';
import { createRefreshTokenStore } from './logins/refresh-token-store.ts';
import { createThrottleStore } from './passwords/throttle-store.ts';
import { createProfiles } from './profile-service.ts';
import { createRegistrationService, type RegistrationStores } from './registration-service.ts';
import { createUserStore } from './user-store.ts';
import { composeWechat, type WechatParts } from './wechat/compose-wechat.ts';
import { createWechatIdentityStore } from './wechat/wechat-identity-store.ts';
import type { WechatLoginStores } from './wechat/wechat-login.ts';
import { createWechatStateStore } from './wechat/wechat-state-store.ts';

/** The stores of this room, on one connection or one transaction. */
export function accountStores(knex: Knex) {
  return {
    users: createUserStore(knex),
    logins: createLoginStore(knex),
    refreshTokens: createRefreshTokenStore(knex),
    loginLog: createLoginLogStore(knex),
    guestAllowances: createGuestAllowances(knex),
    wechatIdentities: createWechatIdentityStore(knex),
    wechatStates: createWechatStateStore(knex),
    emailTokens: createEmailTokenStore(knex),
    throttles: createThrottleStore(knex),
    avatars: createAvatarStore(knex),
    erasure: createErasureStore(knex),
  };
}

/** What the room's services need: its own stores, and the little it needs of other rooms. */
export type AccountStores = ReturnType<typeof accountStores> &
  RegistrationStores &
  WechatLoginStores &
  LeavingStores & { accountMails: AccountMails };

export type AccountServices = ReturnType<typeof createAccounts>;

export interface AccountParts
  extends WechatParts,
    PasswordParts,
    Omit<ClosingParts, 'stores' | 'transact' | 'confirmPassword'> {
  stores: AccountStores;
  transact: Transact<AccountStores>;
  signupGrantTokens: number;
  guestGrantTokens: number;
  /** Told of users who have written something. */
  wrote: (userId: string) => Promise<void>;
  /** Wakes a worker for the mails that a transaction has recorded. */
  sendMails(): void;
}

export function createAccounts(parts: AccountParts) {
  const { stores, transact, sendMails, signupGrantTokens, guestGrantTokens } = parts;
  const accessTokens = createAccessTokens(parts.jwtSecret, parts.jwtPreviousSecrets);
  const logins = createLoginService({ stores, transact, accessTokens, wrote: parts.wrote });
  const grants = { signupGrantTokens, guestGrantTokens };
  const passwordServices = composePasswords(parts);
  const confirmPassword = passwordServices.passwords.confirm;
  return {
    accessTokens,
    logins,
    profiles: createProfiles({ stores, transact }),
    registration: createRegistrationService({ stores, transact, logins, sendMails, ...grants }),
    avatars: createAvatars({ stores, transact }),
    ...passwordServices,
    ...composeWechat({ ...parts, logins }),
    ...composeClosing({ ...parts, confirmPassword }),
  };
}
