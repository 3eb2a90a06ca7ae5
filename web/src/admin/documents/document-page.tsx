import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { Loaded } from '../../layout/loaded.tsx';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import { isOver } from '../jobs/job-types.ts';
import { useJob } from '../jobs/use-job.ts';
import { ChaptersSection } from './chapters-section.tsx';
import { DocumentActions } from './document-actions.tsx';
import { DocumentDialogs, type OpenDialog } from './document-dialogs.tsx';
import { Byline, countsOf, StatusTag } from './document-item.tsx';
import { DocumentProgress } from './document-progress.tsx';
import { type DocumentView, isBusy } from './document-types.ts';
import { EnrichmentSection } from './enrichment-section.tsx';
import { ReportSection } from './report-section.tsx';
import { useDocument } from './use-document.ts';

const words = strings.documents;

export function DocumentPage({ documentId }: { documentId: string }) {
  return (
    <AdminPage title={words.title} headless>
      <Document documentId={documentId} />
    </AdminPage>
  );
}

function Document({ documentId }: { documentId: string }) {
  const { resource, show, reload } = useDocument(documentId);
  return (
    <>
      <p className="back-line">
        <Link href="/admin/documents" className="text-link">
          ‹ {words.back}
        </Link>
      </p>
      <Loaded resource={resource} onRetry={reload}>
        {(view) => <Shown view={view} onShown={show} onReload={reload} />}
      </Loaded>
    </>
  );
}

interface ShownProps {
  view: DocumentView;
  onShown(view: DocumentView): void;
  onReload(): void;
}

function Shown({ view, onShown, onReload }: ShownProps) {
  const { document } = view;
  const [, navigate] = useLocation();
  const [dialog, setDialog] = useState<OpenDialog>(null);
  const { job, lost } = useJob(view.job, onReload);
  const busy = isBusy(document);
  const working = job !== null && !isOver(job);
  const found = document.report !== null || document.status === 'published';
  return (
    <>
      <header className="page-heading document-heading">
        <h1>{document.title}</h1>
        <p className="document-facts">
          <StatusTag document={document} job={job} />
          <Byline document={document} />
          {document.passageCount > 0 && <span className="entry-aside">{countsOf(document)}</span>}
        </p>
        <p className="fine-print entry-line">
          {words.file} {document.fileName} · {words.version(document.version)}
        </p>
      </header>
      <DocumentActions {...{ document, job, onShown, onReload }} onDialog={setDialog} />
      {document.status === 'failed' && document.error && (
        <p className="form-notice document-failure" role="alert">
          {document.error}
        </p>
      )}
      {(busy || working) && <DocumentProgress job={job} lost={lost} />}
      {!busy && document.report && <ReportSection document={document} />}
      {!busy && found && (
        <ChaptersSection
          key={`${document.version} ${document.status}`}
          document={document}
          onApplied={onShown}
        />
      )}
      {document.status === 'published' && <EnrichmentSection document={document} />}
      <DocumentDialogs
        {...{ document, dialog, onShown }}
        onClose={() => setDialog(null)}
        onDeleted={() => navigate('/admin/documents')}
      />
    </>
  );
}
