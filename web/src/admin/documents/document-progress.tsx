import { beijingTime } from '../../billing/beijing-time.ts';
import { strings } from '../../strings.ts';
import type { Job } from '../jobs/job-types.ts';
import { leftSaid, progressSaid } from '../jobs/job-words.ts';
import { ProgressBar } from '../jobs/progress-bar.tsx';

const words = strings.documents.progress;
const STAGES = ['received', 'parsed', 'segmented', 'embedded', 'indexed', 'published'] as const;

/** Where the work on a document stands: the chain of its stages, and how far the present one is. */
export function DocumentProgress({ job, lost }: { job: Job | null; lost: boolean }) {
  return (
    <section className="overview-section document-progress" aria-labelledby="progress">
      <header>
        <h2 id="progress">{words.title}</h2>
      </header>
      <Chain job={job} />
      <ProgressBar job={job?.status === 'running' ? job : null} />
      <p className="progress-said" role="status">
        {lost ? words.lost : doingOf(job)}
      </p>
      {job !== null && job.attempts > 1 && (
        <p className="fine-print">
          {words.attempt(job.attempts, Math.max(job.attempts, job.maxAttempts))}
          {job.error && `。${words.lastError(job.error)}`}
        </p>
      )}
    </section>
  );
}

function Chain({ job }: { job: Job | null }) {
  const at = (STAGES as readonly string[]).indexOf(job?.stage ?? '');
  return (
    <ol className="stage-chain">
      {STAGES.map((stage, index) => (
        <li
          key={stage}
          className={index < at ? 'stage-done' : index === at ? 'stage-now' : undefined}
          aria-current={index === at ? 'step' : undefined}
        >
          <span className="stage-seal" aria-hidden="true" />
          {words.stages[stage]}
        </li>
      ))}
    </ol>
  );
}

function doingOf(job: Job | null): string {
  if (job === null || job.status === 'queued') {
    const later = job?.dueAt && Date.parse(job.dueAt) - Date.now() > 60_000;
    return later && job.dueAt ? words.due(beijingTime(job.dueAt)) : words.waiting;
  }
  if (job.cancelling) return strings.documents.cancelling;
  const stage = STAGES.find((each) => each === job.stage) ?? 'received';
  const doing = words.doing[stage];
  return [doing, progressSaid(job), leftSaid(job)].filter((each) => each !== null).join(' · ');
}
