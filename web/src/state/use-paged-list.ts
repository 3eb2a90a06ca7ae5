import { useCallback, useEffect, useRef, useState } from 'react';
import type { Page } from '../api/types.ts';
import { useServices } from './services.tsx';

export interface PagedList<Item> {
  items: Item[];
  phase: 'loading' | 'ready' | 'failed';
  error: unknown;
  hasMore: boolean;
  /** Null while a page is under way, too. */
  more: (() => void) | null;
  /** From the start; what is shown stays until the reply is there. */
  reload(): void;
  /** Tries what failed once more. */
  retry(): void;
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

function withCursor(path: string, cursor: string): string {
  return `${path}${path.includes('?') ? '&' : '?'}cursor=${encodeURIComponent(cursor)}`;
}

/** A long list, a page at a time. */
export function usePagedList<Item>(path: string): PagedList<Item> {
  const { client } = useServices();
  const [state, setState] = useState<State<Item>>({ ...START, items: [] });
  const running = useRef<AbortController | null>(null);

  const load = useCallback(
    async (cursor: string | null, keep = false): Promise<void> => {
      running.current?.abort();
      const abort = new AbortController();
      running.current = abort;
      setState((before) =>
        cursor === null && !keep
          ? { ...START, items: [] }
          : { ...before, phase: 'loading', error: null },
      );
      try {
        const address = cursor === null ? path : withCursor(path, cursor);
        const page = await client.call<Page<Item>>(address, { signal: abort.signal });
        if (abort.signal.aborted) return;
        setState(({ items }) => ({
          items: cursor === null ? page.items : [...items, ...page.items],
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
    hasMore: cursor !== null && shown.phase !== 'failed',
    more: cursor !== null && shown.phase === 'ready' ? () => void load(cursor) : null,
    reload: () => void load(null, true),
    retry: () => void load(shown.items.length > 0 ? cursor : null, true),
    replace: (isIt, item) =>
      setState((before) => ({
        ...before,
        items: before.items.map((old) => (isIt(old) ? item : old)),
      })),
  };
}
