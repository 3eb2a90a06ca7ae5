import type { LabelledReading } from '../http/probes.ts';
import type { JobArchive } from './job-archive.ts';
import type { JobQueues } from './job-service.ts';

/**
 * All from the database and the queues, so that every process that serves metrics says the same,
 * whichever process ran the jobs.
 */
export function jobMetrics(
  archive: Pick<JobArchive, 'countByKind' | 'totals'>,
  { queue, longQueue }: JobQueues,
): LabelledReading[] {
  const totals = async (measure: 'jobs' | 'seconds') =>
    (await archive.totals()).map(({ kind, outcome, ...total }) => ({
      labels: { kind, outcome },
      value: total[measure],
    }));
  return [
    {
      name: 'job_queue_deliveries',
      help: 'Wake-up calls in the queues of short and of long jobs',
      type: 'gauge',
      labels: ['queue', 'state'],
      async read() {
        const counts = { short: await queue.counts(), long: await longQueue.counts() };
        return Object.entries(counts).flatMap(([name, states]) =>
          Object.entries(states).map(([state, value]) => ({
            labels: { queue: name, state },
            value,
          })),
        );
      },
    },
    {
      name: 'jobs',
      help: 'Jobs that are kept, by kind and status',
      type: 'gauge',
      labels: ['kind', 'status'],
      async read() {
        const counts = await archive.countByKind();
        return counts.map(({ kind, status, jobs }) => ({ labels: { kind, status }, value: jobs }));
      },
    },
    {
      name: 'jobs_ended_total',
      help: 'Jobs that came to an end since the service was set up',
      type: 'counter',
      labels: ['kind', 'outcome'],
      read: () => totals('jobs'),
    },
    {
      name: 'job_seconds_total',
      help: 'Time that their last attempts took',
      type: 'counter',
      labels: ['kind', 'outcome'],
      read: () => totals('seconds'),
    },
  ];
}
