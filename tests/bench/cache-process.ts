import { z } from 'zod';
import type { Services } from '../../backend/compose.ts';
import type { Cache, Lookup } from '../../backend/platform/cache/cache.ts';
import { openReadCache, type ReadCache } from '../../backend/platform/cache/read-cache.ts';
import type { Platform } from '../../backend/platform/platform.ts';
import { startService } from '../support/start-service.ts';
import type { CacheCounts, CacheSettings } from './cache-counts.ts';

/** An API process whose caches can be switched while it runs; see `cache-benchmark.ts`. */

let settings: CacheSettings = { round: 0, near: true, far: true };
let counts: CacheCounts = { process: 0, server: 0, source: 0, queries: 0 };

/** Begins each round empty; switched off it keeps nothing, and gives nobody the right to. */
function switchable(cache: Cache, which: 'near' | 'far'): Cache {
  const keyOf = (key: string) => `${settings.round}:${key}`;
  return {
    ...cache,
    async lookUp(key): Promise<Lookup> {
      const found: Lookup = settings[which]
        ? await cache.lookUp(keyOf(key))
        : { found: false, lease: undefined };
      if (found.found) counts[found.from] += 1;
      else if (which === 'far') counts.source += 1;
      return found;
    },
    fill: (key, lease, value, seconds) => cache.fill(keyOf(key), lease, value, seconds),
    delete: (key) => cache.delete(keyOf(key)),
  };
}

function withSwitches(platform: Platform): Platform {
  const { cache, nearCache, database } = platform;
  database.knex.on('query', () => {
    counts.queries += 1;
  });
  return {
    ...platform,
    cache: switchable(cache, 'far'),
    nearCache: nearCache && switchable(nearCache, 'near'),
  };
}

/** What the product does not keep, as it would if it did, so that it can be seen what that is worth. */
function keepCandidates({ billing, accounts }: Services, readCache: ReadCache): void {
  const kept = { seconds: 60, nearSeconds: 5 };
  const prices = readCache.keep({ name: 'prices', schema: pricesSchema, ...kept });
  const profiles = readCache.keep({ name: 'profiles', schema: profileSchema, ...kept });
  const { current } = billing.prices;
  const { read } = accounts.profiles;
  billing.prices.current = () => prices.read('all', () => current());
  accounts.profiles.read = (userId) => profiles.read(userId, () => read(userId));
}

type Prices = Awaited<ReturnType<Services['billing']['prices']['current']>>;
type Profile = Awaited<ReturnType<Services['accounts']['profiles']['read']>>;

const moment = z.coerce.date();
// What is not named here is passed on as it is: this is a measurement, and not for the product.
const pricesSchema = z.array(
  z.looseObject({ effectiveFrom: moment }),
) as z.ZodType<unknown> as z.ZodType<Prices>;
const profileSchema = z.looseObject({
  createdAt: moment,
  planUntil: moment.nullable(),
}) as z.ZodType<unknown> as z.ZodType<Profile>;

let platform: Platform | undefined;
const service = await startService(JSON.parse(process.argv[2] ?? '{}'), {
  roles: ['api'],
  waitForLibrary: false,
  around: {
    platform(opened) {
      platform = withSwitches(opened);
      return platform;
    },
    services: (composed) => void candidates(composed),
  },
});

function candidates(composed: Services): void {
  if (!platform) throw new Error('services before the platform');
  const { cache: far, nearCache: near, bus } = platform;
  const logger = { warn() {}, info() {}, error() {}, debug() {} };
  const opening = openReadCache({ far, near, bus, logger: logger as never });
  opening.then((readCache) => keepCandidates(composed, readCache));
}

process.on('message', (asked: { settings?: CacheSettings }) => {
  const before = counts;
  if (asked.settings) {
    settings = asked.settings;
    counts = { process: 0, server: 0, source: 0, queries: 0 };
  }
  process.send?.(before);
});
process.send?.({ url: service.url });
