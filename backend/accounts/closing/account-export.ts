import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { allRows } from '../../http/paging.ts';
import { userSchema } from '../account-schemas.ts';
import type { LoginLogStore } from '../logins/login-log-store.ts';
import { liveLoginSchema, loginAttemptSchema } from '../logins/login-schemas.ts';
import type { LoginStore } from '../logins/login-store.ts';
import { presentLiveLogin, presentLoginAttempt } from '../logins/present-login.ts';
import { presentUser } from '../present-user.ts';
import type { UserStore } from '../user-store.ts';

/** What another room keeps of somebody: how it looks, and how to read it. */
export interface ExportSection {
  schema: z.ZodType;
  /** A long list comes as an async iterable, and so may a list within it. */
  read(userId: string): Promise<unknown> | AsyncIterable<unknown>;
}

export interface AccountExport {
  schema: z.ZodType;
  /** All own data and only own data; the lists in it are read while it is written out. */
  read(userId: string, loginId: string): Promise<Record<string, unknown>>;
}

export interface ExportStores {
  users: Pick<UserStore, 'byId'>;
  logins: Pick<LoginStore, 'alive'>;
  loginLog: Pick<LoginLogStore, 'ofUser'>;
  wechatIdentities: {
    ofUser(userId: string): Promise<{ client: 'miniprogram' | 'web'; linkedAt: Date }[]>;
  };
}

const PAGE = 100;

const wechatSchema = z.object({
  client: z.enum(['miniprogram', 'web']),
  linkedAt: z.iso.datetime(),
});

export function createAccountExport(
  stores: ExportStores,
  sections: Record<string, ExportSection>,
): AccountExport {
  const { users, logins, loginLog, wechatIdentities } = stores;

  async function* attemptsOf(userId: string) {
    const attempts = allRows(
      (before: readonly [string, string] | undefined) =>
        loginLog.ofUser(userId, { limit: PAGE, before }),
      ({ at, id }): [string, string] => [at.toISOString(), id],
    );
    for await (const attempt of attempts) yield presentLoginAttempt(attempt);
  }

  return {
    schema: z.object({
      exportedAt: z.iso.datetime(),
      profile: userSchema,
      wechat: z.array(wechatSchema),
      logins: z.array(liveLoginSchema),
      loginLogs: z.array(loginAttemptSchema),
      ...Object.fromEntries(Object.entries(sections).map(([name, { schema }]) => [name, schema])),
    }),
    async read(userId, loginId) {
      const user = await users.byId(userId);
      if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
      const linked = await wechatIdentities.ofUser(userId);
      const alive = await logins.alive(userId);
      const others: Record<string, unknown> = {};
      for (const [name, section] of Object.entries(sections)) {
        others[name] = await section.read(userId);
      }
      return {
        exportedAt: new Date().toISOString(),
        profile: presentUser(user),
        wechat: linked.map(({ client, linkedAt }) => ({
          client,
          linkedAt: linkedAt.toISOString(),
        })),
        logins: alive.map((login) => presentLiveLogin(login, loginId)),
        loginLogs: attemptsOf(userId),
        ...others,
      };
    },
  };
}
