import { createProcessors } from '../../tasks/processors.ts';
import { createAttemptWatch } from '../jobs/attempt-watch.ts';
import { LEASE_TIMES, LONE_LEASE_TIMES } from '../jobs/job-lease.ts';
import { createJobRunner } from '../jobs/job-runner.ts';
import type { Role, RoleParts } from './role.ts';

/** Of the long ones most wait for a model or for Chroma rather than for this process. */
const CONCURRENCY = { short: 2, long: 3 };

/** Runs jobs. */
export async function startWorker({ platform, services, logger }: RoleParts): Promise<Role> {
  const { accounts, answers, documents, ingestion, jobs, keeper, recharge, reports, stores } =
    services;
  const { exclusive } = platform.database;
  const { metrics, tracing } = platform.observation;
  const runner = createJobRunner({
    store: stores.jobs,
    queues: platform,
    endings: services.jobEndings,
    signals: services.jobSignals,
    processors: createProcessors({
      ...{ accounts, answers, documents, ingestion, jobs, keeper, recharge, reports, stores },
    }),
    logger,
    watch: createAttemptWatch(metrics, tracing),
    times: exclusive ? LONE_LEASE_TIMES : LEASE_TIMES,
  });
  if (exclusive) await stores.jobs.releaseAll();
  await runner.start(CONCURRENCY);
  return {
    async stop() {
      await runner.stop();
      await Promise.all([platform.queue.close(), platform.longQueue.close()]);
    },
  };
}
