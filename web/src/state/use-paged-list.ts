import { useCallback, useEffect, useRef, useState } from 'react';
import type { Page } from '../api/types.ts';
import { useServices } from './services.tsx';

export interface PagedList<Item> {
  items: Item[];
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  /** Null when there is nothing more. */
  more: (() => void) | null;
  reload(): void;
  /** Puts what the server said in the place of what was there. */
  replace(isIt: (item: Item) => boolean, item: Item): void;
}

interface State<Item> {
  items: Item[];
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  cursor: string | null;
}

const START = { items: [], phase: 'loading', error: null, cursor: null } as const;

/** A long list, a page at a time. `path` already carries a query. */
export function usePagedList<Item>(path: string): PagedList<Item> {
  const { client } = useServices();
  const [state, setState] = useState<State<Item>>({ ...START, items: [] });
  const running = useRef<AbortController | null>(null);

  const load = useCallback(
    async (cursor: string | null): Promise<void> => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setState((before) =>
        cursor === null ? { ...START, items: [] } : { ...before, phase: 'loading', error: null },
      );
      try {
        const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
        const page = await client.call<Page<Item>>(`${path}${after}`, { signal: abort.signal });
        if (abort.signal.aborted) return;
        setState(({ items }) => ({
          items: [...items, ...page.items],
          phase: 'ready',
          error: null,
          cursor: page.nextCursor,
        }));
      } catch (error) {
        if (!abort.signal.aborted) setState((before) => ({ ...before, phase: 'failed', error }));
      }
    },
    [client, path],
  );

  useEffect(() => {
    void load(null);
    return () => running.current?.abort();
  }, [load]);

  const { cursor, ...shown } = state;
  return {
    ...shown,
    more: cursor !== null && shown.phase === 'ready' ? () => void load(cursor) : null,
    reload: () => void load(cursor !== null && shown.items.length > 0 ? cursor : null),
    replace: (isIt, item) =>
      setState((before) => ({
        ...before,
        items: before.items.map((old) => (isIt(old) ? item : old)),
      })),
  };
}
