import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow } from '../platform/database/row.ts';
import { currentIds } from '../platform/scope.ts';
import type { ClaimedJob, Job, JobOutcome, Lease, Progress } from './job.ts';

export interface NewJob {
  kind: string;
  payload: unknown;
  maxAttempts: number;
  /** While a job of the same kind and key is unfinished, no second one is made. */
  dedupeKey?: string | undefined;
  /** The document it is about. */
  subjectId?: string | undefined;
  runAfter?: Date | undefined;
}

export interface Ending {
  outcome: JobOutcome;
  error?: string | null;
  result?: unknown;
}

export interface PutBack {
  error: string | null;
  afterMs: number;
  /** Whether the attempt counts. */
  counts: boolean;
}

export interface JobStore {
  /** The id of the new job, or `undefined` when its twin is unfinished. */
  insert(job: NewJob): Promise<string | undefined>;
  byId(id: string): Promise<Job | undefined>;
  /** The unfinished job of that kind and key. */
  unfinishedTwin(kind: string, dedupeKey: string): Promise<string | undefined>;
  /** Whether there is a job of that kind and key, also a finished one. */
  knows(kind: string, dedupeKey: string): Promise<boolean>;
  /** Takes a due job for a while; `undefined` when it is done, not due, or somebody else's. */
  claim(id: string, leaseMs: number): Promise<ClaimedJob | undefined>;
  /** Undefined, here and below, for a job that is this worker's no longer. */
  renew(lease: Lease, leaseMs: number): Promise<Job | undefined>;
  report(lease: Lease, progress: Progress): Promise<Job | undefined>;
  end(lease: Lease, ending: Ending): Promise<Job | undefined>;
  /** Puts an attempt that came to nothing back into the queue. */
  putBack(lease: Lease, given: PutBack): Promise<Job | undefined>;
  /** Ends a job that nobody works on. */
  cancelIdle(id: string): Promise<Job | undefined>;
  /** Asks whoever works on it to stop. */
  requestCancel(id: string): Promise<Job | undefined>;
  /** Begins a failed or cancelled job anew, unless its twin is unfinished. */
  retry(id: string): Promise<Job | undefined>;
  /** Unfinished jobs that are due and that nobody works on: their wake-up call got lost. */
  due(limit: number): Promise<Pick<Job, 'id' | 'kind'>[]>;
  /** Lets go of every job that is held. Only for who knows that none of the holders is left. */
  releaseAll(): Promise<void>;
  unfinished(kinds: readonly string[]): Promise<number>;
}

const LAPSED = `(status = 'running' and lease_until < now())`;
const DUE = `((status = 'queued' and run_after <= now()) or ${LAPSED})`;

const CLAIM = `
  update jobs set status = 'running', lease_token = gen_random_uuid(),
    lease_until = now() + ? * interval '1 millisecond', started_at = clock_timestamp(),
    attempts = attempts + case when status = 'queued' then 1 else 0 end,
    lapses = lapses + case when status = 'running' then 1 else 0 end,
    stage_at = null, changes = changes + 1
  where id = ? and ${DUE} returning *`;

const REPORT = `
  update jobs set stage = :stage, done = :done, total = :total, progress_at = clock_timestamp(),
    stage_at = case when stage = :stage and stage_at is not null then stage_at
      else clock_timestamp() end,
    stage_from = case when stage = :stage and stage_at is not null then stage_from
      else :done::integer end,
    changes = changes + 1
  where id = :id and status = 'running' and lease_token = :token returning *`;

const PUT_BACK = `
  update jobs set status = 'queued', error = :error, lease_until = null, lease_token = null,
    run_after = now() + :afterMs * interval '1 millisecond',
    attempts = attempts - :uncounted, changes = changes + 1
  where id = :id and status = 'running' and lease_token = :token returning *`;

const RETRY = `
  update jobs set status = 'queued', run_after = now(), attempts = 0, lapses = 0, error = null,
    result = null, stage = null, done = 0, total = 0, stage_at = null, progress_at = null,
    started_at = null, finished_at = null, cancel_requested_at = null, changes = changes + 1
  where id = ? and status in ('failed', 'cancelled') and not exists (
    select from jobs twin where twin.kind = jobs.kind and twin.dedupe_key = jobs.dedupe_key
      and twin.status in ('queued', 'running'))
  returning *`;

/** Ends what the condition finds and counts it, in one statement. */
const endWhere = (condition: string) => `
  with ended as (
    update jobs set status = :outcome, error = :error, result = :result::jsonb,
      lease_until = null, lease_token = null, finished_at = clock_timestamp(), changes = changes + 1
    where id = :id and ${condition} returning *
  ), counted as (
    insert into job_totals (kind, outcome, jobs, seconds)
    select kind, status, 1, extract(epoch from finished_at - coalesce(started_at, finished_at))
    from ended
    on conflict (kind, outcome) do update
      set jobs = job_totals.jobs + 1, seconds = job_totals.seconds + excluded.seconds
  )
  select * from ended`;
const END = endWhere(`status = 'running' and lease_token = :token`);
const CANCEL_IDLE = endWhere(`(status = 'queued' or ${LAPSED})`);

export function createJobStore(knex: Knex): JobStore {
  const jobs = () => knex('jobs');
  async function one<Found extends Job = Job>(
    sql: string,
    values: readonly (string | number)[] | Record<string, string | number | null>,
  ): Promise<Found | undefined> {
    const { rows } = await knex.raw(sql, values as Parameters<Knex.RawBuilder>[1]);
    return rows[0] && fromRow<Found>(rows[0]);
  }
  const json = (value: unknown) => (value === undefined ? null : JSON.stringify(value));
  return {
    async insert({ kind, payload, maxAttempts, dedupeKey, subjectId, runAfter }) {
      const rows = await knex.raw(
        `insert into jobs
           (id, kind, payload, max_attempts, dedupe_key, subject_id, origin, run_after)
         values (?, ?, ?, ?, ?, ?, ?::jsonb, coalesce(?::timestamptz, now()))
         on conflict (kind, dedupe_key) where status in ('queued', 'running') do nothing
         returning id`,
        [
          ...[randomUUID(), kind, JSON.stringify(payload), maxAttempts],
          ...[dedupeKey ?? null, subjectId ?? null, originOf(), runAfter?.toISOString() ?? null],
        ],
      );
      return rows.rows[0]?.id;
    },
    byId: (id) => one('select * from jobs where id = ?', [id]),
    async unfinishedTwin(kind, dedupeKey) {
      const twins = jobs().where({ kind, dedupe_key: dedupeKey });
      return (await twins.whereIn('status', ['queued', 'running']).first('id'))?.id;
    },
    async knows(kind, dedupeKey) {
      const row = await jobs().where({ kind, dedupe_key: dedupeKey }).first('id');
      return row !== undefined;
    },
    claim: (id, leaseMs) => one<ClaimedJob>(CLAIM, [leaseMs, id]),
    renew: ({ id, leaseToken }, leaseMs) =>
      one(
        `update jobs set lease_until = now() + ? * interval '1 millisecond'
         where id = ? and status = 'running' and lease_token = ? returning *`,
        [leaseMs, id, leaseToken],
      ),
    report: ({ id, leaseToken: token }, progress) => one(REPORT, { ...progress, id, token }),
    end: ({ id, leaseToken: token }, { outcome, error = null, result }) =>
      one(END, { id, token, outcome, error, result: json(result) }),
    putBack: ({ id, leaseToken: token }, { error, afterMs, counts }) =>
      one(PUT_BACK, { id, token, error, afterMs, uncounted: counts ? 0 : 1 }),
    cancelIdle: (id) => one(CANCEL_IDLE, { id, outcome: 'cancelled', error: null, result: null }),
    requestCancel: (id) =>
      one(
        `update jobs set cancel_requested_at = coalesce(cancel_requested_at, clock_timestamp()),
           changes = changes + 1
         where id = ? and status = 'running' returning *`,
        [id],
      ),
    retry: (id) => one(RETRY, [id]),
    due: (limit) => jobs().whereRaw(DUE).orderBy('created_at').limit(limit).select('id', 'kind'),
    async releaseAll() {
      await jobs().where({ status: 'running' }).update({ lease_until: '-infinity' });
    },
    async unfinished(kinds) {
      const [row] = await jobs()
        .whereIn('kind', [...kinds])
        .whereIn('status', ['queued', 'running'])
        .count({ count: '*' });
      return Number(row?.count ?? 0);
    },
  };
}

/** Null for what nobody asked for. */
function originOf(): string | null {
  const ids = currentIds();
  return Object.keys(ids).length > 0 ? JSON.stringify(ids) : null;
}
