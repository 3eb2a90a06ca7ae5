import { Paged } from '../../layout/paged.tsx';
import { momentOf } from '../../profile/when.ts';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import type { Reconciliation } from '../billing-types.ts';
import { findingPairs, kindOf } from './books-words.ts';

const words = strings.overview;

/** Whether the books agreed, newest first. */
export function BooksSection() {
  const list = usePagedList<Reconciliation>('/api/admin/reconciliations?limit=9');
  return (
    <section className="overview-section" aria-labelledby="books">
      <header>
        <div>
          <h2 id="books">{words.books}</h2>
          <p className="fine-print">{words.booksLead}</p>
        </div>
      </header>
      <Paged list={list} empty={words.noBooks}>
        {(items) => (
          <ol className="entries">
            {items.map((item) => (
              <BookItem key={item.id} item={item} />
            ))}
          </ol>
        )}
      </Paged>
    </section>
  );
}

function BookItem({ item }: { item: Reconciliation }) {
  const pairs = findingPairs(item.detail);
  return (
    <li className="entry audit-entry">
      <div className="entry-text">
        <p>
          <strong>{kindOf(item.kind)}</strong>
          <span className={item.sound ? 'tag tag-good' : 'tag tag-bad'}>
            {item.sound ? words.sound : words.unsound}
          </span>
        </p>
        {pairs.length > 0 && (
          <details open={!item.sound}>
            <summary className="fine-print">{words.detail}</summary>
            <dl className="audit-detail">
              {pairs.map(([name, value]) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <time className="fine-print" dateTime={item.createdAt} title={momentOf(item.createdAt)}>
        {item.day}
      </time>
    </li>
  );
}
