import { watchLedger } from '../billing/ledger/ledger-metrics.ts';
import { watchSharedJobs } from '../jobs/job-metrics.ts';
import type { RoleParts } from './role.ts';

/**
 * Figures of what all processes share. Only schedulers tell them, so that not every process of a site
 * asks the database for the same at every scrape; of several schedulers each says the same.
 */
export function watchSharedFigures({
  platform,
  services,
}: Pick<RoleParts, 'platform' | 'services'>) {
  const { metrics } = platform.observation;
  watchSharedJobs(metrics, services.stores.jobArchive, platform);
  watchLedger(metrics, {
    knex: platform.database.knex,
    alarms: () => services.reports.reconciliations.alarms(),
  });
}
