import { inTime } from '../platform/in-time.ts';
import type { Job } from './job.ts';

/** Their end is for whoever waits to search what they put into the library. */
const INTO_LIBRARY: readonly string[] = ['ingest-document', 'ingest-work', 'enrich-document'];
/** Every process compares itself with the library each minute: what ended earlier is here. */
const RECENT_MS = 120_000;
/** Then a job is shown as running rather than let anybody wait for a reply. */
const PATIENCE_MS = 5_000;

type Ended = Pick<Job, 'kind' | 'status'> & { finishedAt: Date | string | null };

/** How far this process has come after the jobs of others. */
export interface JobSight {
  /** Whether what a job did can be found here; waits for that a while. */
  hasCaughtUp(job: Ended): Promise<boolean>;
  /** The job as it stands here: one that is done is not, while what it did cannot be found. */
  asSeenHere(job: Job): Promise<Job>;
}

export function createJobSight(catchUp: () => Promise<void>): JobSight {
  const hasCaughtUp: JobSight['hasCaughtUp'] = async ({ kind, status, finishedAt }) => {
    const isRecent = finishedAt !== null && Date.now() - new Date(finishedAt).getTime() < RECENT_MS;
    if (status !== 'done' || !isRecent || !INTO_LIBRARY.includes(kind)) return true;
    const caughtUp = catchUp().then(
      () => true,
      () => false,
    );
    return inTime(PATIENCE_MS, caughtUp, () => false);
  };
  return {
    hasCaughtUp,
    asSeenHere: async (job) =>
      (await hasCaughtUp(job)) ? job : { ...job, status: 'running', finishedAt: null },
  };
}
