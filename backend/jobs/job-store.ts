import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow } from '../platform/database/row.ts';
import type { Job } from './job.ts';

export interface NewJob {
  kind: string;
  payload: unknown;
  maxAttempts: number;
  /** While a job of the same kind and key is unfinished, no second one is made. */
  dedupeKey?: string | undefined;
}

export interface JobStore {
  /** The id of the new job, or `undefined` when its twin is unfinished. */
  insert(job: NewJob): Promise<string | undefined>;
  byId(id: string): Promise<Job | undefined>;
  /** Whether there is a job of that kind and key, also a finished one. */
  knows(kind: string, dedupeKey: string): Promise<boolean>;
  /** Takes a due job for a while; `undefined` when it is done, not due, or somebody else's. */
  claim(id: string, leaseMs: number): Promise<Job | undefined>;
  renew(id: string, leaseMs: number): Promise<boolean>;
  report(id: string, progress: { stage: string; done: number; total: number }): Promise<void>;
  succeed(id: string): Promise<void>;
  /** Puts a failed attempt back into the queue, or ends the job when it was the last. */
  fail(id: string, error: string, retryAfterMs: number | undefined): Promise<void>;
  /** Unfinished jobs that are due and that nobody works on: their wake-up call got lost. */
  due(limit: number): Promise<string[]>;
  unfinished(kinds: readonly string[]): Promise<number>;
  deleteFinishedBefore(moment: Date): Promise<void>;
}

const DUE = `(status = 'queued' and run_after <= now()) or (status = 'running' and lease_until < now())`;

export function createJobStore(knex: Knex): JobStore {
  const jobs = () => knex('jobs');
  const lease = (ms: number) => knex.raw(`now() + ? * interval '1 millisecond'`, [ms]);
  return {
    async insert({ kind, payload, maxAttempts, dedupeKey }) {
      const rows = await knex.raw(
        `insert into jobs (id, kind, payload, max_attempts, dedupe_key) values (?, ?, ?, ?, ?)
         on conflict (kind, dedupe_key) where status in ('queued', 'running') do nothing
         returning id`,
        [randomUUID(), kind, JSON.stringify(payload), maxAttempts, dedupeKey ?? null],
      );
      return rows.rows[0]?.id;
    },
    async byId(id) {
      const row = await jobs().where({ id }).first();
      return row && fromRow<Job>(row);
    },
    async knows(kind, dedupeKey) {
      const row = await jobs().where({ kind, dedupe_key: dedupeKey }).first('id');
      return row !== undefined;
    },
    async claim(id, leaseMs) {
      const rows = await jobs()
        .where({ id })
        .whereRaw(`(${DUE})`)
        .update({
          status: 'running',
          attempts: knex.raw('attempts + 1'),
          lease_until: lease(leaseMs),
        })
        .returning('*');
      return rows[0] && fromRow<Job>(rows[0]);
    },
    async renew(id, leaseMs) {
      const changed = await jobs()
        .where({ id, status: 'running' })
        .update({ lease_until: lease(leaseMs) });
      return changed === 1;
    },
    async report(id, { stage, done, total }) {
      await jobs().where({ id, status: 'running' }).update({ stage, done, total });
    },
    async succeed(id) {
      await jobs()
        .where({ id, status: 'running' })
        .update({ status: 'done', error: null, lease_until: null, finished_at: knex.fn.now() });
    },
    async fail(id, error, retryAfterMs) {
      const change =
        retryAfterMs === undefined
          ? { status: 'failed', finished_at: knex.fn.now() }
          : { status: 'queued', run_after: lease(retryAfterMs) };
      await jobs()
        .where({ id, status: 'running' })
        .update({ ...change, error, lease_until: null });
    },
    async due(limit) {
      const rows = await jobs().whereRaw(DUE).orderBy('created_at').limit(limit).select('id');
      return rows.map((row) => row.id);
    },
    async unfinished(kinds) {
      const [row] = await jobs()
        .whereIn('kind', [...kinds])
        .whereIn('status', ['queued', 'running'])
        .count({ count: '*' });
      return Number(row?.count ?? 0);
    },
    async deleteFinishedBefore(moment) {
      await jobs().where('finished_at', '<', moment).delete();
    },
  };
}
