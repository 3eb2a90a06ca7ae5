import { useCallback, useEffect, useState } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import type { Page } from '../api/types.ts';
import { useServices } from './services.tsx';
import type { Resource } from './use-resource.ts';

/** More pages than this would mean a cursor that leads in a circle. */
const MOST_PAGES = 50;

async function readAll<Item>(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<Item[]> {
  const items: Item[] = [];
  let cursor: string | null = null;
  for (let page = 0; page < MOST_PAGES; page += 1) {
    const after: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const reply = await client.call<Page<Item> | Item[]>(`${path}${after}`, { signal });
    if (Array.isArray(reply)) return reply;
    items.push(...reply.items);
    cursor = reply.nextCursor ?? null;
    if (cursor === null) break;
  }
  return items;
}

/** A short list as a whole. `path` already carries a query. */
export function useAllPages<Item>(path: string): [Resource<Item[]>, () => void] {
  const { client } = useServices();
  const [round, setRound] = useState(0);
  const [resource, setResource] = useState<Resource<Item[]>>({ state: 'loading' });
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another attempt.
  useEffect(() => {
    const abort = new AbortController();
    setResource({ state: 'loading' });
    readAll<Item>(client, path, abort.signal).then(
      (data) => setResource({ state: 'ready', data }),
      (error: unknown) => {
        if (!abort.signal.aborted) setResource({ state: 'failed', error });
      },
    );
    return () => abort.abort();
  }, [client, path, round]);
  return [resource, useCallback(() => setRound((count) => count + 1), [])];
}
