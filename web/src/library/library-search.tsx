import { type FormEvent, useId, useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Citation } from '../api/types.ts';
import { bylineOf, firstWords, sourceOf } from '../conversation/source-name.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { Icon } from '../layout/icon.tsx';
import { useReader } from '../reader/use-reader.ts';
import { useConvert } from '../script/use-convert.ts';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';

const words = strings.library;
const EXCERPT = 120;

/** The search box; with a query in the address, what the library answers to it. */
export function LibrarySearch({ query }: { query: string }) {
  const [text, setText] = useState(query);
  const [, navigate] = useLocation();
  const id = useId();
  function submit(event: FormEvent): void {
    event.preventDefault();
    const wanted = text.trim();
    navigate(wanted === '' ? '/library' : `/library?q=${encodeURIComponent(wanted)}`);
  }
  return (
    <>
      <search>
        <form className="search-form" onSubmit={submit}>
          <label htmlFor={id} className="sr-only">
            {words.search}
          </label>
          <input
            id={id}
            type="search"
            enterKeyHint="search"
            maxLength={200}
            placeholder={words.searchPlaceholder}
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
          <button type="submit" className="send-button" aria-label={words.searchSubmit}>
            <Icon name="search" />
          </button>
        </form>
      </search>
      {query !== '' && <Results query={query} />}
    </>
  );
}

function Results({ query }: { query: string }) {
  const [found, reload] = useResource<{ items: Citation[] }>(
    `/api/library/search?limit=20&q=${encodeURIComponent(query)}`,
  );
  return (
    <section className="results" aria-label={words.results(query)} aria-live="polite">
      <p className="results-heading">
        <span className="quiet-heading">{words.results(query)}</span>
        <Link href="/library" className="text-link">
          {words.back}
        </Link>
      </p>
      {found.state === 'loading' && <p className="empty-note">{strings.loading}</p>}
      {found.state === 'failed' && <ErrorBox error={found.error} onRetry={reload} />}
      {found.state === 'ready' && <ResultList items={found.data.items} />}
    </section>
  );
}

function ResultList({ items }: { items: Citation[] }) {
  const reader = useReader();
  const convert = useConvert();
  if (items.length === 0) return <p className="empty-note">{words.noResults}</p>;
  return (
    <ol className="result-items">
      {items.map((item) => (
        <li key={item.passageId}>
          <button type="button" aria-haspopup="dialog" onClick={() => reader.open(item.passageId)}>
            <span className="classical">{convert(firstWords(item.text, EXCERPT))}</span>
            <span className="fine-print">
              {convert([sourceOf(item), bylineOf(item)].filter(Boolean).join(' '))}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
