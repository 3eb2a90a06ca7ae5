import type { WatchModelCall } from '../../ai/providers/model-call.ts';
import type { AroundStage } from '../../ai/stages.ts';
import type { Config } from '../config.ts';
import { VERSION } from '../version.ts';
import type { ObserveLookup } from './cache/read-cache.ts';
import type { Database } from './database/database.ts';
import { createLookupCount } from './metrics/cache-lookups.ts';
import { type DependencyChecks, watchDependencies } from './metrics/dependencies.ts';
import { createMetrics, type Metrics } from './metrics/metrics.ts';
import { createModelCallWatch } from './metrics/model-calls.ts';
import { watchPools } from './metrics/pools.ts';
import { createStageWatch } from './metrics/stages.ts';
import { openTracing } from './tracing/open-tracing.ts';
import { traceQueries } from './tracing/trace-queries.ts';
import { type Tracing, untraced } from './tracing/tracing.ts';

/** How this process is seen from outside: its numbers and its part of traces. */
export interface Observation {
  metrics: Metrics;
  tracing: Tracing;
  watchModelCall: WatchModelCall;
  aroundStage: AroundStage;
  onLookup: ObserveLookup;
  /** From now on also what the process stands on. */
  watch(database: Database, checks: DependencyChecks): void;
}

/** What accounts with providers are called; there is one. */
const ACCOUNTS = ['deepseek'];

export async function openObservation(
  config: Pick<Config, 'tracing' | 'roles'>,
): Promise<Observation> {
  const metrics = createMetrics();
  const tracing = await openTracing(config.tracing, VERSION);
  const roles = config.roles.join('+');
  metrics.reading({
    name: 'service_info',
    help: 'What this process is',
    type: 'gauge',
    labels: { version: [VERSION], roles: [roles] },
    read: () => [{ labels: { version: VERSION, roles }, value: 1 }],
  });
  return {
    ...{ metrics, tracing },
    watchModelCall: createModelCallWatch(metrics, tracing, ACCOUNTS),
    aroundStage: createStageWatch(metrics, tracing),
    onLookup: createLookupCount(metrics),
    watch(database, checks) {
      watchPools(metrics, database);
      watchDependencies(metrics, checks);
      if (tracing !== untraced) traceQueries(tracing, database);
    },
  };
}
