import type { LookupOutcome, ObserveLookup } from '../cache/read-cache.ts';
import type { Metrics } from './metrics.ts';

const OUTCOMES: readonly LookupOutcome[] = ['process', 'server', 'source', 'joined'];
/** Names are constants of the program; there are few. */
const MOST_NAMES = 30;

export function createLookupCount(metrics: Metrics): ObserveLookup {
  const lookups = metrics.counter({
    name: 'cache_lookups_total',
    help: 'Where what was looked up came from: a cache, the source, or a reading under way',
    labels: { cache: MOST_NAMES, outcome: OUTCOMES },
  });
  return (cache, outcome) => lookups.add({ cache, outcome });
}
