import { Link } from 'wouter';
import { describeError } from '../../layout/describe-error.ts';
import { Icon } from '../../layout/icon.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import { formatBytes } from '../jobs/job-words.ts';
import type { Upload } from './uploads.ts';

const words = strings.documents.upload;
const percent = new Intl.NumberFormat('zh-CN', { style: 'percent' });

export function UploadRow({ upload }: { upload: Upload }) {
  const { uploads } = useServices();
  const { key, file, phase, share, documentId } = upload;
  const underWay = phase === 'sending' || phase === 'reading' || phase === 'waiting';
  const said =
    phase === 'sending' ? `${words.phases[phase]} ${percent.format(share)}` : words.phases[phase];
  return (
    <li className="entry upload-row">
      <div className="entry-text">
        <p>
          <strong className="file-name">{file.name}</strong>
          <span className="fine-print">{formatBytes(file.size)}</span>
        </p>
        {(phase === 'sending' || phase === 'reading') && (
          <progress
            className="progress-bar"
            aria-label={file.name}
            {...(phase === 'sending' ? { max: 1, value: share } : {})}
          />
        )}
        {phase === 'failed' ? (
          <p className="job-error" role="alert">
            {describeError(upload.error).text}
          </p>
        ) : (
          <p className="fine-print" role="status">
            {said}
          </p>
        )}
      </div>
      {documentId && (
        <Link href={`/admin/documents/${documentId}`} className="button button-small">
          {words.look}
        </Link>
      )}
      {phase === 'failed' && !documentId && (
        <button type="button" className="button button-small" onClick={() => uploads.retry(key)}>
          {words.again}
        </button>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={underWay ? words.cancelOf(file.name) : words.dismissOf(file.name)}
        title={underWay ? words.cancel : words.dismiss}
        onClick={() => uploads.dismiss(key)}
      >
        <Icon name="close" />
      </button>
    </li>
  );
}
