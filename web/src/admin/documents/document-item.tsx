import { Link } from 'wouter';
import { beijingTime } from '../../billing/beijing-time.ts';
import { ago } from '../../profile/when.ts';
import { strings } from '../../strings.ts';
import { isOver, type Job } from '../jobs/job-types.ts';
import { formatBytes, formatCount, leftSaid, progressSaid, stageName } from '../jobs/job-words.ts';
import { ProgressBar } from '../jobs/progress-bar.tsx';
import { isBusy, type LibraryDocument } from './document-types.ts';

const words = strings.documents;

export function DocumentItem({ document, job }: { document: LibraryDocument; job: Job | null }) {
  const { id, title, createdAt, publishedAt, fileName, byteSize } = document;
  const when = ago(publishedAt ?? createdAt, new Date());
  const name = <span className="file-name">{fileName}</span>;
  return (
    <li className="entry document-entry">
      <Link href={`/admin/documents/${id}`} className="entry-link" aria-label={words.open(title)}>
        <div className="entry-text">
          <p>
            <strong className="document-title">{title}</strong>
            <Byline document={document} />
            <StatusTag document={document} job={job} />
          </p>
          {document.passageCount > 0 && <p className="fine-print">{countsOf(document)}</p>}
          {isBusy(document) && <Working job={job && !isOver(job) ? job : null} />}
          {document.status === 'failed' && document.error && (
            <p className="job-error">{document.error}</p>
          )}
          <p className="fine-print entry-line" title={beijingTime(publishedAt ?? createdAt)}>
            {publishedAt ? words.publishedAt(when) : words.uploaded(when)} · {name} ·{' '}
            {formatBytes(byteSize)}
          </p>
        </div>
      </Link>
    </li>
  );
}

export function Byline({ document }: { document: LibraryDocument }) {
  const { author, dynasty, category } = document;
  const by = [dynasty && `〔${dynasty}〕`, author].filter(Boolean).join('');
  return <span className="entry-aside">{[by, category].filter(Boolean).join(' · ')}</span>;
}

const LOOKS: Partial<Record<LibraryDocument['status'], string>> = {
  preview: 'tag tag-seal',
  published: 'tag tag-good',
  failed: 'tag tag-bad',
};

export function StatusTag({ document, job }: { document: LibraryDocument; job?: Job | null }) {
  const { publishedVersion, version } = document;
  // The job is heard live; the document is as it was when it was asked for.
  const begun = document.status === 'queued' && job?.status === 'running';
  const status = begun ? 'processing' : document.status;
  const older = publishedVersion !== null && publishedVersion !== version;
  return (
    <>
      <span className={LOOKS[status] ?? 'tag'}>{words.statuses[status]}</span>
      {older && <span className="tag">{words.newer}</span>}
    </>
  );
}

export function countsOf(document: LibraryDocument): string {
  const { chapterCount, passageCount, characterCount } = document;
  return words.counts(
    formatCount(chapterCount),
    formatCount(passageCount),
    formatCount(characterCount),
  );
}

function Working({ job }: { job: Job | null }) {
  const said = job ? [job.stage && stageName(job.stage), progressSaid(job), leftSaid(job)] : [];
  return (
    <div className="job-running">
      <ProgressBar job={job} />
      <p className="fine-print">{said.filter(Boolean).join(' · ') || words.statuses.queued}</p>
    </div>
  );
}
