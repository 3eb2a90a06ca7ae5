import { Paged } from '../../layout/paged.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import type { ReadingReport } from '../admin-types.ts';
import { ReadingReportItem } from './reading-report-item.tsx';

const words = strings.readingReports;

export function ReadingReportsSection() {
  const list = usePagedList<ReadingReport>('/api/admin/reading-reports?limit=20');
  return (
    <section className="overview-section" aria-labelledby="reading-reports">
      <header>
        <div>
          <h2 id="reading-reports">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
      </header>
      <Paged list={list} empty={words.empty}>
        {(items) => (
          <ul className="entries">
            {items.map((item) => (
              <ReadingReportItem
                key={item.id}
                item={item}
                onChanged={(changed) => list.replace(({ id }) => id === item.id, changed)}
              />
            ))}
          </ul>
        )}
      </Paged>
    </section>
  );
}
