import { useCallback, useEffect, useState } from 'react';
import type { ApiClient } from '../api/api-client.ts';
import { useServices } from './services.tsx';

export type Resource<Data> =
  | { state: 'loading' }
  | { state: 'ready'; data: Data }
  | { state: 'failed'; error: unknown };

/** Loads `path` (null: nothing to load yet) and again whenever it changes or `reload` is called. */
export function useResource<Data>(path: string | null): [Resource<Data>, () => void] {
  const { client } = useServices();
  const [round, setRound] = useState(0);
  const [loaded, setLoaded] = useState<{ key: string; resource: Resource<Data> } | null>(null);
  const key = `${round} ${path}`;
  useEffect(() => {
    if (path === null) return;
    const abort = new AbortController();
    load<Data>(client, path, abort.signal).then((resource) => {
      if (!abort.signal.aborted) setLoaded({ key, resource });
    });
    return () => abort.abort();
  }, [client, path, key]);
  const reload = useCallback(() => setRound((count) => count + 1), []);
  return [loaded?.key === key ? loaded.resource : { state: 'loading' }, reload];
}

async function load<Data>(
  client: ApiClient,
  path: string,
  signal: AbortSignal,
): Promise<Resource<Data>> {
  try {
    return { state: 'ready', data: await client.call<Data>(path, { signal }) };
  } catch (error) {
    return { state: 'failed', error };
  }
}
