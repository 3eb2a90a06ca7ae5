import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import type { Page } from '../../api/types.ts';
import { Choice } from '../../form/choice.tsx';
import { Paged } from '../../layout/paged.tsx';
import { useObservable } from '../../state/observable.ts';
import { useServices } from '../../state/services.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { useResource } from '../../state/use-resource.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { Job } from '../jobs/job-types.ts';
import { listQuery, withChoice } from '../list-query.ts';
import { SearchForm } from '../search-form.tsx';
import { DocumentItem } from './document-item.tsx';
import { isBusy, type LibraryDocument } from './document-types.ts';
import { UploadSection } from './upload-section.tsx';

const words = strings.documents;
const FILTERS = ['q', 'status'];
const ALL = { '': strings.admin.all };
const LOOK_AGAIN_MS = 2_000;

export function DocumentsPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <Documents />
    </AdminPage>
  );
}

function Documents() {
  const [address, setAddress] = useSearchParams();
  const narrowed = FILTERS.some((name) => address.has(name));
  const list = usePagedList<LibraryDocument>(
    `/api/admin/documents?${listQuery(address, FILTERS, 30)}`,
  );
  const previews = usePagedList<LibraryDocument>('/api/admin/documents?status=preview&limit=20');
  const reload = () => {
    list.reload();
    previews.reload();
  };
  const none = previews.items.length > 0 ? words.noneYet : words.none;
  const empty = narrowed ? words.empty : none;
  useReloadAfterUploads(reload);
  const jobs = useJobsUnderWay(list.items, list.phase, reload);
  return (
    <>
      <UploadSection />
      {previews.items.length > 0 && !narrowed && (
        <section className="overview-section" aria-labelledby="previews">
          <header>
            <div>
              <h2 id="previews">{words.previews}</h2>
              <p className="fine-print">{words.previewsLead}</p>
            </div>
          </header>
          <Entries list={previews} empty="" jobs={jobs} />
        </section>
      )}
      <section className="overview-section" aria-labelledby="all-documents">
        <header>
          <h2 id="all-documents">{words.all}</h2>
        </header>
        <DocumentFilters key={address.get('q')} address={address} onChange={setAddress} />
        <Entries list={list} empty={empty} jobs={jobs} />
      </section>
    </>
  );
}

interface EntriesProps {
  list: ReturnType<typeof usePagedList<LibraryDocument>>;
  empty: string;
  jobs: ReadonlyMap<string, Job>;
}

function Entries({ list, empty, jobs }: EntriesProps) {
  return (
    <Paged list={list} empty={empty}>
      {(documents) => (
        <ul className="entries">
          {documents.map((document) => (
            <DocumentItem
              key={document.id}
              document={document}
              job={jobs.get(document.id) ?? null}
            />
          ))}
        </ul>
      )}
    </Paged>
  );
}

/** Each upload that comes to its end may have added to the list. */
function useReloadAfterUploads(reload: () => void): void {
  const { uploads } = useServices();
  const arrived = useObservable(uploads.state).filter(({ documentId }) => documentId !== null);
  const count = arrived.length;
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another arrival is a reason.
  useEffect(() => {
    if (count > 0) reload();
  }, [count]);
}

/**
 * How it goes with what is worked on, in one question for all: a line for each would use up those
 * that a browser allows to one site.
 */
function useJobsUnderWay(
  documents: readonly LibraryDocument[],
  phase: string,
  reload: () => void,
): ReadonlyMap<string, Job> {
  const live = documents.some(isBusy);
  const [resource, lookAgain] = useResource<Page<Job>>(
    live ? '/api/admin/jobs?recurring=false&limit=100' : null,
  );
  // biome-ignore lint/correctness/useExhaustiveDependencies: each reply starts the next wait.
  useEffect(() => {
    if (!live || phase !== 'ready') return;
    const timer = setTimeout(() => {
      if (document.hidden) return;
      lookAgain();
      if (documents.length <= 30) reload();
    }, LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [live, documents]);
  const jobs = resource.state === 'ready' ? resource.data.items : [];
  const byDocument = new Map<string, Job>();
  // The newest come first.
  for (const job of [...jobs].reverse()) if (job.documentId) byDocument.set(job.documentId, job);
  return byDocument;
}

interface DocumentFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
}

function DocumentFilters({ address, onChange }: DocumentFiltersProps) {
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  return (
    <div className="filters document-filters">
      <SearchForm
        label={words.search}
        placeholder={words.searchPlaceholder}
        submit={words.submit}
        query={address.get('q') ?? ''}
        onSearch={choice('q').onChoose}
      />
      <Choice label={words.status} options={{ ...ALL, ...words.statuses }} {...choice('status')} />
    </div>
  );
}
