import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../platform/database/row.ts';
import { JOB_STATUSES, type Job, type JobOutcome, type JobStatus } from './job.ts';

export interface JobFilter {
  kind?: string | undefined;
  status?: JobStatus | undefined;
  documentId?: string | undefined;
  /** Left out: all; `false`: without those that the scheduler makes again and again. */
  recurring?: boolean | undefined;
}

export interface JobTotal {
  kind: string;
  outcome: JobOutcome;
  jobs: number;
  seconds: number;
}

/** What there is and was, for people and for Prometheus. */
export interface JobArchive {
  /** Newest first. */
  list(
    filter: JobFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Job[]>;
  /** The newest job about each of these documents, of the kinds that are named. */
  latestOf(
    subjectIds: readonly string[],
    kinds?: readonly string[],
  ): Promise<ReadonlyMap<string, Job>>;
  unfinishedOf(subjectId: string): Promise<Job[]>;
  /** How many there are of each status, without those that the scheduler makes again and again. */
  countByStatus(): Promise<Record<JobStatus, number>>;
  countByKind(): Promise<{ kind: string; status: JobStatus; jobs: number }[]>;
  /** In seconds, how long the job that has waited longest has been due without a worker; 0 for none. */
  longestDue(): Promise<number>;
  /** What ever ended, also what was deleted since. */
  totals(): Promise<JobTotal[]>;
  /** `before` is when a job has to have ended at the latest to go. */
  forget(before: { done: Date; failed: Date; recurring: Date }): Promise<void>;
}

/** The key under which the scheduler makes jobs again and again. */
export const RECURRING = 'recurring';

export function createJobArchive(knex: Knex): JobArchive {
  const jobs = () => knex('jobs');
  const toJob = (row: RowOf<Job>) => fromRow<Job>(row);
  return {
    async list({ kind, status, documentId, recurring }, { limit, before }) {
      const rows = jobs()
        .orderBy([
          { column: 'created_at', order: 'desc' },
          { column: 'id', order: 'desc' },
        ])
        .limit(limit);
      if (kind !== undefined) rows.where({ kind });
      if (status !== undefined) rows.where({ status });
      if (documentId !== undefined) rows.where({ subject_id: documentId });
      if (recurring !== undefined) {
        rows.whereRaw(`(dedupe_key is not distinct from ?) = ?`, [RECURRING, recurring]);
      }
      if (before) rows.whereRaw('(created_at, id) < (?::timestamptz, ?::uuid)', [...before]);
      return (await rows).map(toJob);
    },
    async latestOf(subjectIds, kinds) {
      const rows = jobs()
        .distinctOn('subject_id')
        .whereIn('subject_id', [...subjectIds])
        .orderBy([{ column: 'subject_id' }, { column: 'created_at', order: 'desc' }])
        .select('*');
      if (kinds) rows.whereIn('kind', [...kinds]);
      return new Map((await rows).map((row) => [row.subject_id, toJob(row)]));
    },
    async unfinishedOf(subjectId) {
      const rows = jobs().where({ subject_id: subjectId });
      return (await rows.whereIn('status', ['queued', 'running'])).map(toJob);
    },
    async countByStatus() {
      const counts = Object.fromEntries(JOB_STATUSES.map((status) => [status, 0]));
      const { rows } = await knex.raw(
        `select status, count(*) from jobs where dedupe_key is distinct from '${RECURRING}'
         group by status`,
      );
      for (const { status, count } of rows) counts[status] = Number(count);
      return counts as Record<JobStatus, number>;
    },
    async countByKind() {
      const { rows } = await knex.raw(
        'select kind, status, count(*)::integer as jobs from jobs group by kind, status',
      );
      return rows;
    },
    async longestDue() {
      const { rows } = await knex.raw(
        `select coalesce(extract(epoch from now() - min(run_after)), 0) as seconds
         from jobs where status = 'queued' and run_after <= now()`,
      );
      return Number(rows[0].seconds);
    },
    async totals() {
      const rows = await knex('job_totals').select('*');
      return rows.map((row) => ({ ...row, jobs: Number(row.jobs) }));
    },
    async forget({ done, failed, recurring }) {
      const isRecurring = `dedupe_key is not distinct from '${RECURRING}'`;
      await jobs()
        .whereNotNull('finished_at')
        .whereRaw(
          `finished_at < case when status = 'failed' and not ${isRecurring} then ?::timestamptz
             when ${isRecurring} then ?::timestamptz else ?::timestamptz end`,
          [failed, recurring, done],
        )
        .delete();
    },
  };
}
