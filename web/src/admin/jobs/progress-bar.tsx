import type { Job } from './job-types.ts';
import { stageName } from './job-words.ts';

/** Fills up; where nobody knows how far it is, it only says that something goes on. */
export function ProgressBar({ job }: { job: Pick<Job, 'stage' | 'done' | 'total'> | null }) {
  const known = job !== null && job.total > 0;
  return (
    <progress
      className="progress-bar"
      aria-label={job?.stage ? stageName(job.stage) : undefined}
      {...(known ? { max: job.total, value: Math.min(job.done, job.total) } : {})}
    />
  );
}
