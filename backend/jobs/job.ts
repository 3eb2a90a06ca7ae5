import type { ScopeIds } from '../platform/scope.ts';

export const JOB_STATUSES = ['queued', 'running', 'done', 'failed', 'cancelled'] as const;
export type JobStatus = (typeof JOB_STATUSES)[number];

export interface Job {
  id: string;
  /** Ids of the work in which it was asked for; none for what the scheduler makes. */
  origin?: ScopeIds | null;
  kind: string;
  payload: unknown;
  /** The document it is about. */
  subjectId: string | null;
  status: JobStatus;
  stage: string | null;
  /** Units of the current stage that are done, of `total`. */
  done: number;
  total: number;
  /** When this worker began the stage, and with how many units done. */
  stageAt: Date | null;
  stageFrom: number;
  progressAt: Date | null;
  /** Attempts that were begun; those that a stopping or dying worker broke off do not count. */
  attempts: number;
  maxAttempts: number;
  /** How many workers died while they had it. */
  lapses: number;
  error: string | null;
  result: unknown;
  /** Grows with every change that a listener is to see. */
  changes: number;
  createdAt: Date;
  /** Not before. */
  runAfter: Date;
  /** Of the latest attempt. */
  startedAt: Date | null;
  cancelRequestedAt: Date | null;
  finishedAt: Date | null;
}

/** A job in the hands of one worker; whoever comes with an older token has lost it. */
export interface ClaimedJob extends Job {
  leaseToken: string;
}

/** Which job, and by which right. */
export type Lease = Pick<ClaimedJob, 'id' | 'leaseToken'>;

export type JobOutcome = 'done' | 'failed' | 'cancelled';

export interface Progress {
  stage: string;
  done: number;
  total: number;
}

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** How long to wait after the given number of failed attempts: 2 s, 4 s, 8 s … at most 5 min. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1), LONGEST_RETRY_MS);
}

export function isOver({ status }: Pick<Job, 'status'>): boolean {
  return status !== 'queued' && status !== 'running';
}

/** Shorter stretches say nothing of the pace. */
const LEAST_STRETCH_MS = 1_000;

/** Seconds until the current stage is over, by its pace so far; null while that is anybody's guess. */
export function remainingSeconds(job: Job): number | null {
  const { status, done, total, stageAt, stageFrom, progressAt } = job;
  if (status !== 'running' || !stageAt || !progressAt) return null;
  const tookMs = progressAt.getTime() - stageAt.getTime();
  if (tookMs < LEAST_STRETCH_MS || done <= stageFrom || total <= done) return null;
  return Math.ceil(((total - done) * tookMs) / (done - stageFrom) / 1000);
}
