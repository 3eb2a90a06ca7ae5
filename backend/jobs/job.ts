export type JobStatus = 'queued' | 'running' | 'done' | 'failed' | 'cancelled';

export interface Job {
  id: string;
  kind: string;
  payload: unknown;
  status: JobStatus;
  stage: string | null;
  /** Units of the current stage that are done, of `total`. */
  done: number;
  total: number;
  attempts: number;
  maxAttempts: number;
  error: string | null;
  createdAt: Date;
  finishedAt: Date | null;
}

const FIRST_RETRY_MS = 2_000;
const LONGEST_RETRY_MS = 5 * 60_000;

/** How long to wait after the given number of failed attempts: 2 s, 4 s, 8 s … at most 5 min. */
export function retryDelayMs(attempts: number): number {
  return Math.min(FIRST_RETRY_MS * 2 ** Math.max(0, attempts - 1), LONGEST_RETRY_MS);
}
