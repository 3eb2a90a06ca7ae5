import type { Readiness } from '../http/probes.ts';
import { readSchemaVersion } from '../platform/database/schema-version.ts';
import { inTime } from '../platform/in-time.ts';
import type { RoleParts } from './role.ts';

/** However many balancers ask: nothing is looked at more often. */
const GOOD_FOR_MS = 1_000;
/** Balancers give up after a few seconds, and what takes so long is of no use to anybody. */
const PATIENCE_MS = 2_000;

type Parts = Pick<RoleParts, 'platform' | 'services'>;

/** Whether this process can answer a question, looked at once for all who ask in the same second. */
export function createReadiness({ platform, services }: Parts): () => Promise<Readiness> {
  const { ingestion, published, stores } = services;
  const schemaOf = createLook(() => readSchemaVersion(platform.database.knex));
  const libraryOf = createLook(async () => {
    const [{ state }, { works }] = await Promise.all([
      ingestion.progress(),
      stores.library.totals(),
    ]);
    return { state, works };
  });
  const cacheOf = createLook(() => platform.cacheAlive());
  const vectorsOf = createLook(() => platform.vectorSpace.vectors.count());

  async function look(): Promise<Readiness> {
    const [version, known, cache, vectors] = await Promise.all([
      ...([schemaOf(), libraryOf(), cacheOf(), vectorsOf()] as const),
    ]);
    const { passageCount: passages } = published.library;
    // The books are in the database, but not yet in this process.
    const unread = passages === 0 && known !== undefined && known.works > 0;
    return {
      database: version && known ? 'up' : 'down',
      schema: schemaState(version),
      cache: cache === true ? 'up' : 'down',
      vectors: vectors === undefined ? 'down' : 'up',
      model: platform.model.online ? 'online' : 'offline',
      library: { state: known && !unread ? known.state : 'ingesting', passages },
    };
  }

  return rememberFor(GOOD_FOR_MS, look);
}

function schemaState(version: Awaited<ReturnType<typeof readSchemaVersion>> | undefined) {
  if (version && version.pending.length > 0) return 'too_old';
  return version?.contraction === undefined ? 'fits' : 'too_new';
}

/**
 * `undefined` for what fails or takes too long. Whoever does not answer is not asked a second time
 * before the first question has ended.
 */
function createLook<Seen>(look: () => Promise<Seen>): () => Promise<Seen | undefined> {
  let looking: Promise<Seen | undefined> | undefined;
  return () => {
    looking ??= look()
      .catch(() => undefined)
      .finally(() => {
        looking = undefined;
      });
    return inTime(PATIENCE_MS, looking, () => undefined);
  };
}

function rememberFor<Value>(ms: number, read: () => Promise<Value>): () => Promise<Value> {
  let latest: Promise<Value> | undefined;
  let until = 0;
  return () => {
    if (latest && performance.now() < until) return latest;
    // While it is being read everybody waits for the same.
    until = Infinity;
    latest = read().finally(() => {
      until = performance.now() + ms;
    });
    return latest;
  };
}
