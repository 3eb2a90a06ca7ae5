import { createProcessors } from '../../tasks/processors.ts';
import { createJobRunner } from '../jobs/job-runner.ts';
import type { Role, RoleParts } from './role.ts';

const CONCURRENCY = 2;

/** Runs jobs. */
export async function startWorker({ platform, services, logger }: RoleParts): Promise<Role> {
  const { accounts, answers, ingestion, jobs, recharge, reports, stores } = services;
  const runner = createJobRunner({
    store: stores.jobs,
    queue: platform.queue,
    processors: createProcessors({
      ...{ accounts, answers, ingestion, jobs, recharge, reports, stores },
    }),
    logger,
  });
  await runner.start(CONCURRENCY);
  return {
    async stop() {
      runner.stop();
      await platform.queue.close();
    },
  };
}
