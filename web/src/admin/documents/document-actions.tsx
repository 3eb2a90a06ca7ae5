import { Link } from 'wouter';
import { useAction } from '../../form/use-action.ts';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import { isOver, type Job } from '../jobs/job-types.ts';
import { useJobActions } from '../jobs/use-job-actions.ts';
import type { OpenDialog } from './document-dialogs.tsx';
import { type DocumentView, isBusy, type LibraryDocument } from './document-types.ts';

const words = strings.documents;

interface DocumentActionsProps {
  document: LibraryDocument;
  job: Job | null;
  onShown(view: DocumentView): void;
  onReload(): void;
  onDialog(dialog: OpenDialog): void;
}

/** What may be done to a document as it stands: the likeliest first. */
export function DocumentActions(props: DocumentActionsProps) {
  const { document, job, onDialog } = props;
  const { status, workId, publishedVersion, version } = document;
  const busy = isBusy(document);
  const working = job !== null && !isOver(job);
  const button = (dialog: Exclude<OpenDialog, null>, text: string, danger = false) => (
    <button
      type="button"
      className={danger ? 'button button-danger' : 'button'}
      onClick={() => onDialog(dialog)}
    >
      {text}
    </button>
  );
  const inLibrary = publishedVersion !== null && workId !== null;
  const newer = inLibrary && publishedVersion !== version;
  return (
    <>
      <div className="document-actions">
        {!busy && status !== 'published' && <PublishButton {...props} />}
        {inLibrary && (
          <Link
            href={`/library/works/${workId}`}
            className={status === 'published' ? 'button button-primary' : 'button'}
          >
            {words.read}
          </Link>
        )}
        {working && <CancelButton {...props} job={job} />}
        {!busy && button('edit', words.edit)}
        {status === 'published' && button('reindex', words.reindex)}
        {!busy && newer && button('revert', words.revert)}
        {button('delete', status === 'preview' && !inLibrary ? words.discard : words.remove, true)}
      </div>
      {newer && <p className="form-notice">{words.older}</p>}
    </>
  );
}

function PublishButton({ document, onShown }: DocumentActionsProps) {
  const { client } = useServices();
  const { busy, run, announce } = useAction();
  const publish = () =>
    run(async () => {
      const options = { method: 'POST', body: {} } as const;
      onShown(await client.call(`/api/admin/documents/${document.id}/publish`, options));
      announce(words.published);
    });
  return (
    <button
      type="button"
      className="button button-primary"
      disabled={busy}
      onClick={() => void publish()}
    >
      {document.status === 'preview' ? words.publish : words.publishAgain}
    </button>
  );
}

function CancelButton({ job, onReload }: DocumentActionsProps & { job: Job }) {
  const { busy, cancel } = useJobActions(onReload);
  return (
    <button
      type="button"
      className="button"
      disabled={busy || job.cancelling}
      onClick={() => cancel(job)}
    >
      {job.cancelling ? words.cancelling : words.cancelJob}
    </button>
  );
}
