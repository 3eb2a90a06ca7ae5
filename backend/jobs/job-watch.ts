import { isOver } from './job.ts';
import { type JobReply, presentJob } from './job-schemas.ts';
import type { JobSight } from './job-sight.ts';
import type { JobSignals } from './job-signals.ts';
import type { JobStore } from './job-store.ts';

/** The job as it is, then every change that becomes known, until it is over or gone. */
export type JobWatch = (id: string, signal: AbortSignal) => AsyncGenerator<JobReply>;

/** What was not called out, or not heard, is found by looking this often. */
const LOOK_EVERY_MS = 2_000;
/** Of a listener who does not keep up, the oldest are dropped: what counts is how it stands. */
const MOST_WAITING = 100;

export function watchJob(
  store: Pick<JobStore, 'byId'>,
  signals: JobSignals,
  sight: Pick<JobSight, 'hasCaughtUp'>,
): JobWatch {
  return async function* watch(id, signal) {
    const heard: JobReply[] = [];
    let wake: () => void = () => undefined;
    const hear = (job: JobReply) => {
      heard.push(job);
      if (heard.length > MOST_WAITING) heard.shift();
      wake();
    };
    // Who cannot listen still may look.
    const stop = await signals.onChange(id, hear).catch(() => async () => undefined);
    const onAbort = () => wake();
    signal.addEventListener('abort', onAbort);
    try {
      let seen = -1;
      while (!signal.aborted) {
        const news = heard.splice(0).filter(({ revision }) => revision > seen);
        if (news.length === 0) {
          const job = await store.byId(id);
          if (!job) return;
          // What was called out before the row was read comes first: it may be a stage of its own.
          news.push(...heard.splice(0), presentJob(job));
        }
        for (const job of news) {
          if (job.revision <= seen) continue;
          seen = job.revision;
          if (isOver(job)) await sight.hasCaughtUp(job);
          yield job;
          if (isOver(job)) return;
        }
        if (heard.length === 0 && !signal.aborted) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, LOOK_EVERY_MS);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
        }
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      await stop();
    }
  };
}
