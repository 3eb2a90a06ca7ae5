import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import type { Logger } from '../logger.ts';
import type { Transact } from '../platform/database/transact.ts';
import {
  type AdministeredUser,
  deedsOf,
  requireAmendable,
  type UserAmendment,
  unseatsAdmin,
} from './administered-user.ts';
import type { AuditFilter, AuditLogStore, AuditRecord } from './audit-log-store.ts';
import type { UserAdministrationStore, UserFilter } from './user-administration-store.ts';

type PageRequest = { limit: number; before: readonly [string, string] | undefined };

/** An administrator at work, and from where. */
export interface Administrator {
  userId: string;
  address: string;
}

export interface UserAdministration {
  users(filter: UserFilter, page: PageRequest): Promise<Page<AdministeredUser>>;
  /** Changes an account and records it, both or neither. What is disabled can do nothing any more. */
  amend(by: Administrator, id: string, amendment: UserAmendment): Promise<AdministeredUser>;
  /** Ends all logins of an account; how many there were. */
  endLogins(by: Administrator, id: string): Promise<number>;
  auditLog(filter: AuditFilter, page: PageRequest): Promise<Page<AuditRecord>>;
}

export interface AdministrationStores {
  administration: UserAdministrationStore;
  audit: AuditLogStore;
  users: {
    /** Held until the transaction ends. */
    lock(id: string): Promise<unknown>;
    lockActiveAdmins(): Promise<string[]>;
  };
  logins: { endAll(userId: string): Promise<number> };
}

export function createUserAdministration(parts: {
  stores: AdministrationStores;
  transact: Transact<AdministrationStores>;
  stopAnswers(userId: string): Promise<void>;
  logger: Logger;
}): UserAdministration {
  const { stores, transact, stopAnswers, logger } = parts;

  async function known(within: AdministrationStores, id: string): Promise<AdministeredUser> {
    const user = await within.administration.byId(id);
    if (!user) throw new AppError(404, 'not_found', '没有这个用户。');
    return user;
  }

  /**
   * Two admins may unseat each other at the same moment: whoever does that first holds the rows of
   * all admins, always taken in the same order, and the second sees what is left.
   */
  async function lock(within: AdministrationStores, id: string, amendment: UserAmendment) {
    const before = await known(within, id);
    const activeAdmins = unseatsAdmin(before, amendment)
      ? await within.users.lockActiveAdmins()
      : [];
    await within.users.lock(id);
    return { user: await known(within, id), activeAdmins };
  }

  return {
    async users(filter, { limit, before }) {
      const rows = await stores.administration.list(filter, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },

    async amend(by, id, amendment) {
      const amended = await transact(async (within) => {
        const { user, activeAdmins } = await lock(within, id, amendment);
        requireAmendable(user, amendment, by.userId, activeAdmins);
        for (const deed of deedsOf(user, amendment)) {
          const target = { targetType: 'user', targetId: id };
          await within.audit.record({
            actorId: by.userId,
            address: by.address,
            ...deed,
            ...target,
          });
        }
        await within.administration.amend(id, amendment);
        if (amendment.disabled) await within.logins.endAll(id);
        return known(within, id);
      });
      if (amended.disabledAt) {
        await stopAnswers(id).catch((error: unknown) => {
          logger.warn(
            { err: error, userId: id },
            'answers of a disabled account go on to their end',
          );
        });
      }
      return amended;
    },

    endLogins: (by, id) =>
      transact(async (within) => {
        await known(within, id);
        const ended = await within.logins.endAll(id);
        await within.audit.record({
          ...{ actorId: by.userId, address: by.address, action: 'user.end_logins' },
          ...{ targetType: 'user', targetId: id, detail: { ended } },
        });
        return ended;
      }),

    async auditLog(filter, { limit, before }) {
      const rows = await stores.audit.list(filter, { limit: limit + 1, before });
      return toPage(rows, limit, (row) => [row.at.toISOString(), row.id]);
    },
  };
}
