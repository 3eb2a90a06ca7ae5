import { Link } from 'wouter';
import { beijingTime } from '../../billing/beijing-time.ts';
import { Paged } from '../../layout/paged.tsx';
import type { PagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import type { Reconciliation } from '../billing-types.ts';
import { type FindingLine, findingFields, kindOf } from './books-words.ts';

const words = strings.books;

/** Whether the books agreed, newest first. */
export function BooksSection({ list }: { list: PagedList<Reconciliation> }) {
  return (
    <section className="overview-section" aria-labelledby="books">
      <header>
        <div>
          <h2 id="books">{words.title}</h2>
          <p className="fine-print">{words.lead}</p>
        </div>
      </header>
      <Paged list={list} empty={words.empty}>
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

function stateOf({ sound, acknowledgedAt }: Reconciliation): string {
  if (sound) return words.sound;
  return acknowledgedAt === null ? words.unseen : words.unsound;
}

function BookItem({ item }: { item: Reconciliation }) {
  const fields = findingFields(item.detail);
  return (
    <li className="entry audit-entry">
      <div className="entry-text">
        <p>
          <strong>{kindOf(item.kind)}</strong>
          <span className={item.sound ? 'tag tag-good' : 'tag tag-bad'}>{stateOf(item)}</span>
          {item.acknowledgedAt && (
            <span className="fine-print">
              {words.acknowledged(beijingTime(item.acknowledgedAt))}
            </span>
          )}
        </p>
        {fields.length > 0 && (
          <details open={!item.sound && item.acknowledgedAt === null}>
            <summary className="fine-print">{words.detail}</summary>
            <dl className="audit-detail">
              {fields.map(({ name, lines }) => (
                <div key={name}>
                  <dt>{name}</dt>
                  <dd>
                    <Lines lines={lines} />
                  </dd>
                </div>
              ))}
            </dl>
          </details>
        )}
      </div>
      <time className="fine-print" dateTime={item.createdAt} title={beijingTime(item.createdAt)}>
        {item.day}
      </time>
    </li>
  );
}

function Lines({ lines }: { lines: FindingLine[] }) {
  return (
    <ul className="finding-lines">
      {lines.map(({ text, link }) => (
        <li key={`${text} ${link?.href}`} className="entry-line">
          {text} {link && <Link href={link.href}>{link.text}</Link>}
        </li>
      ))}
    </ul>
  );
}
