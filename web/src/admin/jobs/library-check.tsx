import type { Page } from '../../api/types.ts';
import { useAction } from '../../form/use-action.ts';
import { ago } from '../../profile/when.ts';
import { useServices } from '../../state/services.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { checkFindings, readCheckResult } from './check-result.ts';
import { isOver, type Job } from './job-types.ts';
import { formatCount, leftSaid, progressSaid } from './job-words.ts';
import { ProgressBar } from './progress-bar.tsx';
import { useJob } from './use-job.ts';

const words = strings.jobs.check;
const LATEST = '/api/admin/jobs?kind=check-library&limit=1';

/** Starts the check of all that is kept of the library, and tells what the last one found. */
export function LibraryCheckSection() {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const [resource, reload] = useResource<Page<Job>>(LATEST);
  const last = resource.state === 'ready' ? (resource.data.items[0] ?? null) : null;
  const { job } = useJob(last, reload);
  const running = job !== null && !isOver(job);
  const start = () =>
    run(async () => {
      await client.call('/api/admin/library/check', { method: 'POST', body: {} });
      announce(words.started);
      reload();
    });
  return (
    <section className="overview-section" aria-labelledby="library-check">
      <header>
        <div>
          <h2 id="library-check">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
        <button
          type="button"
          className="button button-small"
          disabled={busy || running}
          onClick={() => void start()}
        >
          {words.start}
        </button>
      </header>
      {running && (
        <div className="job-running" role="status">
          <ProgressBar job={job} />
          <p className="fine-print">
            {[words.running, progressSaid(job), leftSaid(job)].filter(Boolean).join(' · ')}
          </p>
        </div>
      )}
      {resource.state === 'ready' && job === null && <p className="fine-print">{words.never}</p>}
      {job !== null && isOver(job) && <Outcome job={job} />}
    </section>
  );
}

function Outcome({ job }: { job: Job }) {
  const result = readCheckResult(job.result);
  const when = words.last(ago(job.finishedAt ?? job.createdAt, new Date()));
  if (!result) return <p className={job.error ? 'job-error' : 'fine-print'}>{job.error ?? when}</p>;
  const { findings, pending, unseen } = checkFindings(result);
  const repaired = findings.reduce((sum, [, count]) => sum + count, 0);
  const { works, passages } = result.checked;
  return (
    <div className="check-outcome">
      <p>
        {repaired === 0 ? (unseen ? '' : words.sound) : words.repaired(formatCount(repaired))}
        {unseen && words.unseen}
      </p>
      {findings.length > 0 && (
        <dl className="audit-detail">
          {findings.map(([name, count]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>{formatCount(count)}</dd>
            </div>
          ))}
        </dl>
      )}
      {pending > 0 && <p className="fine-print">{words.pending(formatCount(pending))}</p>}
      <p className="fine-print">
        {when} · {words.checked(formatCount(works), formatCount(passages))}
      </p>
    </div>
  );
}
