import { useState } from 'react';
import { randomKey } from '../../api/random-key.ts';
import type { Page } from '../../api/types.ts';
import { formatFen, formatShort } from '../../billing/amounts.ts';
import { beijingTime } from '../../billing/beijing-time.ts';
import { Choice } from '../../form/choice.tsx';
import { useAction } from '../../form/use-action.ts';
import { Loaded } from '../../layout/loaded.tsx';
import { useServices } from '../../state/services.tsx';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { isOver, type Job } from '../jobs/job-types.ts';
import { formatCount, leftSaid, progressSaid } from '../jobs/job-words.ts';
import { ProgressBar } from '../jobs/progress-bar.tsx';
import { useJob } from '../jobs/use-job.ts';
import { useJobActions } from '../jobs/use-job-actions.ts';
import type { LibraryDocument } from './document-types.ts';

const words = strings.documents.enrichment;
const { progress } = strings.documents;
const SOON_MS = 60_000;

interface Estimate {
  passages: number;
  missing: number;
  promptTokens: number;
  completionTokens: number;
  /** Null where nobody knows what the provider asks for in yuan. */
  costFen: { peak: number; offPeak: number } | null;
  available: boolean;
}

/** What a model could add to each passage; what that would cost is reckoned when somebody asks. */
export function EnrichmentSection({ document }: { document: LibraryDocument }) {
  const path = `/api/admin/documents/${document.id}/enrichment`;
  const [asked, setAsked] = useState(false);
  const [latest, lookAgain] = useResource<Page<Job>>(
    `/api/admin/jobs?kind=enrich-document&documentId=${document.id}&limit=1`,
  );
  const last = latest.state === 'ready' ? (latest.data.items[0] ?? null) : null;
  const { job, lost } = useJob(last, lookAgain);
  const working = job !== null && !isOver(job);
  const [estimate, reload] = useResource<Estimate>(asked && !working ? path : null);
  const stopped = !working && (job?.status === 'failed' || job?.status === 'cancelled');
  return (
    <section className="overview-section" aria-labelledby="enrichment">
      <header>
        <div>
          <h2 id="enrichment">
            {words.title} <span className="tag">{words.machine}</span>
          </h2>
          <p className="fine-print">{words.lead}</p>
        </div>
        {!asked && !working && (
          <button type="button" className="button button-small" onClick={() => setAsked(true)}>
            {words.estimate}
          </button>
        )}
      </header>
      {working && <Working {...{ job, lost }} onChanged={lookAgain} />}
      {stopped && job?.error && <p className="job-error">{job.error}</p>}
      {asked && !working && (
        <Loaded resource={estimate} onRetry={reload}>
          {(data) => <Offer {...{ path, estimate: data }} onStarted={lookAgain} />}
        </Loaded>
      )}
    </section>
  );
}

function Working({ job, lost, onChanged }: { job: Job; lost: boolean; onChanged(): void }) {
  const { busy, cancel } = useJobActions(onChanged);
  return (
    <div className="enrichment-start">
      <div className="job-running enrichment-running">
        <ProgressBar job={job} />
        <p className="progress-said" role="status">
          {lost ? progress.lost : doingOf(job)}
        </p>
      </div>
      <button
        type="button"
        className="button button-small"
        disabled={busy || job.cancelling}
        onClick={() => cancel(job)}
      >
        {job.cancelling ? strings.documents.cancelling : strings.documents.cancelJob}
      </button>
    </div>
  );
}

function doingOf(job: Job): string {
  const due = job.dueAt === null ? 0 : Date.parse(job.dueAt) - Date.now();
  if (job.dueAt !== null && due > SOON_MS) return progress.due(beijingTime(job.dueAt));
  if (job.status === 'queued') return progress.waiting;
  const parts = [progress.doing.enriched, progressSaid(job), leftSaid(job)];
  return parts.filter((part) => part !== null).join(' · ');
}

interface OfferProps {
  path: string;
  estimate: Estimate;
  onStarted(): void;
}

function Offer(props: OfferProps) {
  const { passages, missing, available } = props.estimate;
  if (missing === 0) return <p>{words.complete}</p>;
  return (
    <>
      <p>{words.missing(formatCount(missing), formatCount(passages))}</p>
      {available ? <Start {...props} /> : <p className="form-notice">{words.unavailable}</p>}
    </>
  );
}

function Start({ path, estimate, onStarted }: OfferProps) {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const [when, setWhen] = useState('offPeak');
  const { costFen, promptTokens, completionTokens } = estimate;
  const priced = (name: string, fen: number | undefined) =>
    fen === undefined ? name : `${name}（${words.cost(formatFen(fen))}）`;
  const start = () =>
    run(async () => {
      const body = { offPeak: when === 'offPeak' };
      const options = { method: 'POST', body, idempotencyKey: randomKey() } as const;
      await client.call(path, options);
      onStarted();
      announce(words.started);
    });
  return (
    <div className="enrichment-start">
      <Choice
        label={words.tokens(formatShort(promptTokens), formatShort(completionTokens))}
        value={when}
        options={{
          offPeak: priced(words.offPeakOption, costFen?.offPeak),
          now: priced(words.now, costFen?.peak),
        }}
        onChoose={setWhen}
      />
      <button
        type="button"
        className="button button-primary"
        disabled={busy}
        onClick={() => void start()}
      >
        {words.start}
      </button>
    </div>
  );
}
