import { z } from 'zod';
import type { LeaseTimes } from '../../backend/jobs/job-lease.ts';
import { createJobRunner } from '../../backend/jobs/job-runner.ts';
import type { JobStore } from '../../backend/jobs/job-store.ts';
import {
  type JobContext,
  type JobKind,
  type JobProcessors,
  jobCatalogue,
} from '../../backend/jobs.ts';
import { openEventStream } from './event-stream.ts';
import { eventually } from './eventually.ts';
import { silentLogger } from './redis-space.ts';
import type { Learner } from './service-client.ts';
import type { RunningService } from './start-service.ts';

const time = z.iso.datetime();
const whole = z.int().min(0);

/** What the HTTP contract promises of a job, and what the page relies on beyond it. */
export const job = z.object({
  id: z.guid(),
  kind: z.string(),
  status: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  stage: z.string().nullable(),
  done: whole,
  total: whole,
  remainingSeconds: whole.nullable(),
  attempts: whole,
  maxAttempts: whole,
  cancelling: z.boolean(),
  documentId: z.guid().nullable(),
  error: z.string().nullable(),
  result: z.unknown(),
  revision: whole,
  createdAt: time,
  dueAt: time.nullable(),
  startedAt: time.nullable(),
  finishedAt: time.nullable(),
});
export type Job = z.infer<typeof job>;

export type Deed = (context: JobContext) => Promise<void>;

export interface Stage {
  /** What a job of a work called so does. */
  deeds: Map<string, Deed>;
  /** Whether the worker can keep its jobs its own. */
  reachesDatabase: boolean;
  leave(): Promise<void>;
}

export const LEASE: LeaseTimes = { leaseMs: 1_500, renewMs: 300 };

/**
 * A worker whose jobs of the kind `ingest-work` do what the test says, and all others nothing. The
 * service it works for must run none of its own.
 */
export async function playJobs(
  { platform, services }: RunningService,
  deeds = new Map<string, Deed>(),
): Promise<Stage> {
  const { jobs } = services.stores;
  const renew: JobStore['renew'] = async (lease, leaseMs) => {
    if (!stage.reachesDatabase) throw new Error('the database is away');
    return jobs.renew(lease, leaseMs);
  };
  const idle = Object.keys(jobCatalogue).map((kind) => [kind, async () => undefined]);
  const processors: JobProcessors = {
    ...(Object.fromEntries(idle) as Record<JobKind, () => Promise<void>>),
    'ingest-work': async ({ slug }, context) => deeds.get(slug)?.(context),
  };
  const runner = createJobRunner({
    store: { ...jobs, renew },
    queues: platform,
    endings: services.jobEndings,
    signals: services.jobSignals,
    processors,
    logger: silentLogger,
    times: LEASE,
  });
  const stage: Stage = { deeds, reachesDatabase: true, leave: () => runner.stop() };
  await runner.start({ short: 1, long: 2 });
  return stage;
}

export async function jobOf(admin: Learner, id: string): Promise<Job> {
  return (await admin.get(`/api/admin/jobs/${id}`)).data(job);
}

export async function untilJob(
  admin: Learner,
  id: string,
  status: Job['status'],
  timeoutMs?: number,
): Promise<Job> {
  let last = await jobOf(admin, id);
  await eventually(
    `the job is ${status}`,
    async () => {
      last = await jobOf(admin, id);
      return last.status === status;
    },
    timeoutMs,
  );
  return last;
}

/** What a listener of a job heard, as name and job. */
export async function hearJob(url: string, admin: Learner, id: string) {
  const stream = await openEventStream(`${url}/api/admin/jobs/${id}/events`, {
    headers: { authorization: `Bearer ${admin.login.accessToken}`, 'last-event-id': '7' },
  });
  const read = (events: typeof stream.heard) =>
    events.map(({ name, data }) => ({ name: String(name), job: job.parse(data) }));
  return {
    ...stream,
    begun: () => eventually('it has begun', () => stream.heard.length > 0),
    ended: stream.ended.then(read),
  };
}
