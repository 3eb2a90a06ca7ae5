import type { Transact } from '../../platform/database/transact.ts';
import type { AuditTrail } from '../audit-trail.ts';
import type { UserStore } from '../user-store.ts';
import type { ErasureStore } from './erasure-store.ts';

/** What has to be done in each room when a person goes. */
export interface ErasureStores {
  users: Pick<UserStore, 'lock'>;
  erasure: ErasureStore;
  audit: AuditTrail;
  sessions: { deleteAllOf(userId: string): Promise<void> };
  idempotency: { deleteAllOf(userId: string): Promise<void> };
}

export interface Erasure {
  /** Erases all accounts whose time has come; how many. Safe to repeat and to break off. */
  eraseDue(signal: AbortSignal): Promise<number>;
}

const BATCH = 100;
/** Where so many cannot be erased the fault is not theirs. */
const FAILURES_TO_GIVE_UP = 10;

/**
 * The ledger of an account is kept, under an id that leads to nobody any more: its sums have to stay
 * right, and no entry of it can be taken back.
 */
export function createErasure(parts: {
  stores: { erasure: Pick<ErasureStore, 'due'> };
  transact: Transact<ErasureStores>;
}): Erasure {
  const { stores, transact } = parts;

  const erase = (id: string) =>
    transact(async (within) => {
      const user = await within.users.lock(id);
      if (!user || !(await within.erasure.isDue(id))) return false;
      for (const part of await within.erasure.withMerged(id)) {
        await within.sessions.deleteAllOf(part);
        await within.idempotency.deleteAllOf(part);
        await within.erasure.erase(part);
      }
      if (user.role !== 'guest') await within.audit.record(entryOf(id));
      return true;
    });

  return {
    async eraseDue(signal) {
      const failures: unknown[] = [];
      let erased = 0;
      let after: string | undefined;
      for (;;) {
        const ids = await stores.erasure.due({ limit: BATCH, after });
        for (const id of ids) {
          if (signal.aborted) return erased;
          // One account that cannot be erased does not keep the others.
          erased += await erase(id).then(Number, (error: unknown) => {
            failures.push(error);
            return 0;
          });
          if (failures.length >= FAILURES_TO_GIVE_UP) throw tooMany(failures);
        }
        if (ids.length < BATCH) break;
        after = ids.at(-1);
      }
      if (failures.length > 0) throw tooMany(failures);
      return erased;
    },
  };
}

function entryOf(id: string) {
  const target = { targetType: 'user', targetId: id };
  return { actorId: null, action: 'account.erase', ...target, detail: {}, address: null };
}

function tooMany(failures: unknown[]): AggregateError {
  return new AggregateError(failures, `${failures.length} accounts could not be erased`, {
    cause: failures[0],
  });
}
