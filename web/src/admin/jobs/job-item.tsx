import { Link } from 'wouter';
import { beijingTime } from '../../billing/beijing-time.ts';
import { RowButton } from '../../profile/profile-section.tsx';
import { ago } from '../../profile/when.ts';
import { strings } from '../../strings.ts';
import { isOver, type Job } from './job-types.ts';
import { duration, kindName, leftSaid, progressSaid, stageName, tookSaid } from './job-words.ts';
import { ProgressBar } from './progress-bar.tsx';

const words = strings.jobs;

interface JobItemProps {
  job: Job;
  busy: boolean;
  onCancel(): void;
  onRetry(): void;
}

export function JobItem({ job, busy, onCancel, onRetry }: JobItemProps) {
  const kind = kindName(job.kind);
  return (
    <li className="entry job-entry">
      <div className="entry-text">
        <p>
          <strong>{kind}</strong>
          <JobTag job={job} />
          {job.documentTitle && (
            <Link href={`/admin/documents/${job.documentId}`} className="text-link">
              {words.document(job.documentTitle)}
            </Link>
          )}
        </p>
        {job.status === 'running' && <Running job={job} />}
        {job.error && <p className="job-error">{job.error}</p>}
        <p className="fine-print" title={beijingTime(job.createdAt)}>
          {factsOf(job).join(' · ')}
        </p>
      </div>
      {!isOver(job) && !job.cancelling && (
        <RowButton
          text={words.cancel}
          label={words.cancelOf(kind)}
          busy={busy}
          onClick={onCancel}
        />
      )}
      {(job.status === 'failed' || job.status === 'cancelled') && (
        <RowButton text={words.retry} label={words.retryOf(kind)} busy={busy} onClick={onRetry} />
      )}
    </li>
  );
}

function Running({ job }: { job: Job }) {
  const said = [job.stage && stageName(job.stage), progressSaid(job), leftSaid(job)];
  return (
    <div className="job-running">
      <ProgressBar job={job} />
      <p className="fine-print">{said.filter((each) => each !== null).join(' · ')}</p>
    </div>
  );
}

function JobTag({ job }: { job: Job }) {
  if (job.cancelling) return <span className="tag">{words.cancelling}</span>;
  const look = { running: 'tag tag-seal', failed: 'tag tag-bad', done: 'tag tag-good' };
  const className = job.status in look ? look[job.status as keyof typeof look] : 'tag';
  return <span className={className}>{words.statuses[job.status]}</span>;
}

function factsOf(job: Job): string[] {
  const { createdAt, attempts, maxAttempts, status, dueAt } = job;
  const facts = [words.created(ago(createdAt, new Date()))];
  if (attempts > 1) facts.push(words.attempts(attempts, Math.max(attempts, maxAttempts)));
  const took = tookSaid(job);
  if (took) facts.push(took);
  const waits = dueAt === null ? 0 : (Date.parse(dueAt) - Date.now()) / 1000;
  if (status === 'queued' && waits > 60) {
    facts.push(strings.documents.progress.left(duration(waits)));
  }
  return facts;
}
