import type { ReactNode } from 'react';
import type { PagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { ErrorBox } from './error-box.tsx';

interface PagedProps<Item> {
  list: PagedList<Item>;
  empty: string;
  children: (items: Item[]) => ReactNode;
}

/** What has been loaded of a list, how it stands, and the way to more. */
export function Paged<Item>({ list, empty, children }: PagedProps<Item>) {
  const { items, phase, error, more, hasMore, retry } = list;
  return (
    <>
      {items.length > 0 && children(items)}
      {phase === 'ready' && items.length === 0 && <p className="empty-note">{empty}</p>}
      {phase === 'loading' && items.length === 0 && (
        <p className="loading-note" role="status">
          {strings.loading}
        </p>
      )}
      {phase === 'failed' && <ErrorBox error={error} onRetry={retry} />}
      {hasMore && (
        <button
          type="button"
          className="text-button more-button"
          aria-disabled={more === null}
          onClick={() => more?.()}
        >
          {strings.loadMore}
        </button>
      )}
    </>
  );
}
