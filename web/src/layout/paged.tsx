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
  const { items, phase, error, more, reload } = list;
  return (
    <>
      {items.length > 0 && children(items)}
      {phase === 'ready' && items.length === 0 && <p className="empty-note">{empty}</p>}
      {phase === 'loading' && (
        <p className="loading-note" role="status">
          {strings.loading}
        </p>
      )}
      {phase === 'failed' && <ErrorBox error={error} onRetry={reload} />}
      {more && (
        <button type="button" className="text-button more-button" onClick={more}>
          {strings.loadMore}
        </button>
      )}
    </>
  );
}
