import type { Administrator, AuditTrail } from '../../audit-trail.ts';
import { AppError } from '../../errors.ts';
import type { IdempotencyScope, IdempotencyStore } from '../../http/idempotency.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { deedOf } from '../audit-trail.ts';
import {
  type Package,
  type PackageChange,
  type PackageOffer,
  requireWholePlan,
} from './package.ts';
import type { PackageStore } from './package-store.ts';

export interface PackageService {
  onSale(): Promise<Package[]>;
  all(): Promise<Package[]>;
  /** The same key and offer mean the same package, made once. */
  add(by: Administrator, offer: PackageOffer, idempotencyKey?: string): Promise<Package>;
  /** Changes what will be bought from now on; orders keep what they were made for. */
  change(by: Administrator, id: string, change: PackageChange): Promise<Package>;
}

interface PackageStores {
  packages: PackageStore;
  audit: AuditTrail;
  idempotency: Pick<IdempotencyStore, 'claim' | 'keep'>;
}

export function createPackageService(parts: {
  stores: Pick<PackageStores, 'packages'>;
  transact: Transact<PackageStores>;
}): PackageService {
  const { stores, transact } = parts;
  return {
    onSale: () => stores.packages.list(),
    all: () => stores.packages.list({ retired: true }),

    add(by, offer, key) {
      requireWholePlan(offer);
      return transact(async (within) => {
        if (key === undefined) return addWithin(within, by, offer);
        const route = 'post /api/admin/packages';
        const scope: IdempotencyScope = { userId: by.userId, route, key, body: offer };
        const claim = await within.idempotency.claim(scope);
        if (typeof claim === 'object') return asAdded(claim.reply);
        if (claim === 'busy') throw stillBusy();
        const added = await addWithin(within, by, offer);
        await within.idempotency.keep(scope, added);
        return added;
      });
    },

    change: (by, id, { retired, ...wished }) =>
      transact(async ({ packages, audit }) => {
        const before = await packages.lock(id);
        if (!before) throw new AppError(404, 'not_found', '没有这个套餐。');
        const retiredAt = retired === false ? null : (before.retiredAt ?? new Date());
        const after = { ...given(wished), ...(retired === undefined ? {} : { retiredAt }) };
        requireWholePlan({ ...before, ...after });
        const detail = differences(before, after);
        if (Object.keys(detail).length === 0) return before;
        const target = { targetType: 'package', targetId: id };
        await audit.record(deedOf(by, 'package.change', { ...target, detail }));
        return packages.update(id, after);
      }),
  };
}

async function addWithin(
  { packages, audit }: PackageStores,
  by: Administrator,
  offer: PackageOffer,
): Promise<Package> {
  const added = await packages.insert(offer);
  const target = { targetType: 'package', targetId: added.id };
  await audit.record(deedOf(by, 'package.add', { ...target, detail: { ...offer } }));
  return added;
}

/** As it was when it was added, from the JSON that was kept. */
function asAdded(reply: unknown): Package {
  const kept = reply as Package;
  return { ...kept, createdAt: new Date(kept.createdAt) };
}

function stillBusy(): AppError {
  return new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
}

/** Without what was left out. */
function given(wished: Omit<PackageChange, 'retired'>): Partial<PackageOffer> {
  return Object.fromEntries(Object.entries(wished).filter(([, value]) => value !== undefined));
}

function differences(before: Package, after: Partial<Package>) {
  const changed = Object.entries(after).filter(
    ([key, value]) => before[key as keyof Package] !== value,
  );
  return Object.fromEntries(
    changed.map(([key, to]) => [key, { from: before[key as keyof Package], to }]),
  );
}
