import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import { Choice } from '../../form/choice.tsx';
import { Paged } from '../../layout/paged.tsx';
import { type PagedList, usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import { listQuery, withChoice } from '../list-query.ts';
import { VectorSpacesSection } from '../vector-spaces/vector-spaces-section.tsx';
import { JobItem } from './job-item.tsx';
import { isOver, type Job } from './job-types.ts';
import { LibraryCheckSection } from './library-check.tsx';
import { QueuesSection } from './queues-section.tsx';
import { useJobActions } from './use-job-actions.ts';

const words = strings.jobs;
const ALL = { '': strings.admin.all };
const PAGE = 15;
const LOOK_AGAIN_MS = 3_000;

export function JobsPage() {
  return (
    <AdminPage title={words.title} lead={words.lead}>
      <Jobs />
    </AdminPage>
  );
}

function Jobs() {
  const [address, setAddress] = useSearchParams();
  const recurring = address.get('recurring') === '1';
  const filter = listQuery(address, ['status', 'kind'], PAGE);
  const dead = usePagedList<Job>('/api/admin/jobs?status=failed&recurring=false&limit=10');
  const all = usePagedList<Job>(`/api/admin/jobs?${filter}${recurring ? '' : '&recurring=false'}`);
  useFreshness(all);
  const reload = () => {
    dead.reload();
    all.reload();
  };
  return (
    <>
      {dead.items.length > 0 && (
        <section className="overview-section dead-jobs" aria-labelledby="dead-jobs">
          <header>
            <div>
              <h2 id="dead-jobs">{words.failedTitle}</h2>
              <p className="fine-print">{words.failedLead}</p>
            </div>
          </header>
          <JobEntries list={dead} empty={words.failedNone} onChanged={reload} />
        </section>
      )}
      <section className="overview-section" aria-labelledby="all-jobs">
        <header>
          <h2 id="all-jobs">{words.listTitle}</h2>
        </header>
        <JobFilters address={address} onChange={setAddress} />
        <JobEntries list={all} empty={words.empty} onChanged={reload} />
      </section>
      <LibraryCheckSection />
      <VectorSpacesSection />
      <QueuesSection />
    </>
  );
}

function JobEntries(props: { list: PagedList<Job>; empty: string; onChanged(): void }) {
  const { list, empty, onChanged } = props;
  const { busy, cancel, retry } = useJobActions((job) => {
    list.replace(({ id }) => id === job.id, job);
    onChanged();
  });
  return (
    <Paged list={list} empty={empty}>
      {(jobs) => (
        <ul className="entries">
          {jobs.map((job) => (
            <JobItem
              key={job.id}
              {...{ job, busy }}
              onCancel={() => cancel(job)}
              onRetry={() => retry(job)}
            />
          ))}
        </ul>
      )}
    </Paged>
  );
}

/** While something is under way, and nobody has gone on to further pages, the list is kept fresh. */
function useFreshness(list: PagedList<Job>): void {
  const { items, phase, reload } = list;
  const live = phase === 'ready' && items.length <= PAGE && items.some((job) => !isOver(job));
  // biome-ignore lint/correctness/useExhaustiveDependencies: each reply starts the next wait.
  useEffect(() => {
    if (!live) return;
    const timer = setTimeout(() => document.hidden || reload(), LOOK_AGAIN_MS);
    return () => clearTimeout(timer);
  }, [live, items]);
}

interface JobFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
}

function JobFilters({ address, onChange }: JobFiltersProps) {
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  const recurring = choice('recurring');
  return (
    <fieldset className="job-filters">
      <legend className="sr-only">{strings.admin.filter}</legend>
      <Choice label={words.status} options={{ ...ALL, ...words.statuses }} {...choice('status')} />
      <Choice label={words.kind} options={{ ...ALL, ...words.kinds }} {...choice('kind')} />
      <label className="check-field">
        <input
          type="checkbox"
          checked={recurring.value === '1'}
          onChange={(event) => recurring.onChoose(event.target.checked ? '1' : '')}
        />
        {words.recurring}
      </label>
    </fieldset>
  );
}
