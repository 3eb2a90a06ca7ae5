import { Link, useSearchParams } from 'wouter';
import type { Work } from '../api/types.ts';
import { bylineOf } from '../conversation/source-name.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { ReaderColumn } from '../reader/reader-column.tsx';
import { useConvert } from '../script/use-convert.ts';
import { useAllPages } from '../state/use-all-pages.ts';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';
import { groupWorks } from './group-works.ts';
import { LibrarySearch } from './library-search.tsx';

const words = strings.library;

export function LibraryPage() {
  const [parameters] = useSearchParams();
  const query = parameters.get('q') ?? '';
  usePageTitle(words.title);
  return (
    <div className="workspace">
      <main id="main" tabIndex={-1} className="plain-page">
        <div className="plain-column library">
          <header className="page-heading">
            <h1>{words.title}</h1>
            <p>{words.lead}</p>
          </header>
          <LibrarySearch key={query} query={query} />
          {query === '' && <Shelves />}
        </div>
      </main>
      <ReaderColumn />
    </div>
  );
}

function Shelves() {
  const [works, reload] = useAllPages<Work>('/api/library/works?limit=100');
  if (works.state === 'failed') return <ErrorBox error={works.error} onRetry={reload} />;
  if (works.state === 'loading') {
    return (
      <p className="empty-note" role="status">
        {strings.loading}
      </p>
    );
  }
  if (works.data.length === 0) return <p className="empty-note">{words.empty}</p>;
  return groupWorks(works.data, words.uncategorized).map(({ category, works }) => (
    <section key={category} className="shelf" aria-label={category}>
      <h2 className="quiet-heading">{category}</h2>
      <ul className="books">
        {works.map((work) => (
          <Book key={work.id} work={work} />
        ))}
      </ul>
    </section>
  ));
}

/** A stitched volume with its title slip. */
function Book({ work }: { work: Work }) {
  const convert = useConvert();
  const long = Array.from(work.title).length > 6;
  return (
    <li>
      <Link href={`/library/works/${work.id}`} className="book">
        <span className="book-cover" aria-hidden="true">
          <span className={long ? 'book-slip book-slip-long' : 'book-slip'}>
            {convert(work.title)}
          </span>
        </span>
        <strong>{convert(work.title)}</strong>
        <span className="fine-print">{convert(bylineOf(work))}</span>
        <span className="fine-print">{words.chapters(work.chapterCount)}</span>
      </Link>
    </li>
  );
}
