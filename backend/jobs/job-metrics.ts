import { JOB_KINDS } from '../jobs.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import { JOB_STATUSES } from './job.ts';
import type { JobArchive } from './job-archive.ts';
import type { JobQueues } from './job-service.ts';

const QUEUES = ['short', 'long'];
const STATES = ['waiting', 'active', 'delayed'];
const OUTCOMES = ['done', 'failed', 'cancelled'];

/**
 * All from the database and the queues, which the processes of a service share: whoever reads it from
 * several takes the greatest and never the sum.
 */
export function watchSharedJobs(
  metrics: Metrics,
  archive: Pick<JobArchive, 'countByKind' | 'totals' | 'longestDue'>,
  { queue, longQueue }: JobQueues,
): void {
  metrics.reading({
    name: 'job_queue_deliveries',
    help: 'Wake-up calls in the queues of short and of long jobs',
    type: 'gauge',
    labels: { queue: QUEUES, state: STATES },
    async read() {
      const counts = { short: await queue.counts(), long: await longQueue.counts() };
      return Object.entries(counts).flatMap(([name, states]) =>
        Object.entries(states).map(([state, value]) => ({ labels: { queue: name, state }, value })),
      );
    },
  });
  metrics.reading({
    name: 'jobs',
    help: 'Jobs that are kept, by kind and status',
    type: 'gauge',
    labels: { kind: JOB_KINDS, status: JOB_STATUSES },
    async read() {
      const counts = await archive.countByKind();
      return counts.map(({ kind, status, jobs }) => ({ labels: { kind, status }, value: jobs }));
    },
  });
  metrics.reading({
    name: 'job_longest_due_seconds',
    help: 'How long the job that has waited longest has been due without a worker',
    type: 'gauge',
    labels: {},
    read: async () => [{ labels: {}, value: await archive.longestDue() }],
  });
  watchTotals(metrics, archive);
}

function watchTotals(metrics: Metrics, archive: Pick<JobArchive, 'totals'>): void {
  const labels = { kind: JOB_KINDS, outcome: OUTCOMES };
  // Also what never happened yet: a series that begins at 1 shows no increase at its first failure.
  const totals = async (measure: 'jobs' | 'seconds') => {
    const known = await archive.totals();
    return JOB_KINDS.flatMap((kind) =>
      OUTCOMES.map((outcome) => ({
        labels: { kind, outcome },
        value: known.find((each) => each.kind === kind && each.outcome === outcome)?.[measure] ?? 0,
      })),
    );
  };
  metrics.reading({
    name: 'jobs_ended_total',
    help: 'Jobs that came to an end since the service was set up',
    type: 'counter',
    labels,
    read: () => totals('jobs'),
  });
  metrics.reading({
    name: 'job_seconds_total',
    help: 'Time that their last attempts took',
    type: 'counter',
    labels,
    read: () => totals('seconds'),
  });
}
