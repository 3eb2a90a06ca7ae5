import { useCallback, useEffect, useState } from 'react';
import { useServices } from '../../state/services.tsx';
import type { Resource } from '../../state/use-resource.ts';
import type { DocumentView } from './document-types.ts';

/** A document with its latest job; what is shown stays until something newer is there. */
export function useDocument(id: string) {
  const { client } = useServices();
  const [resource, setResource] = useState<Resource<DocumentView>>({ state: 'loading' });
  const [round, setRound] = useState(0);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another round is another look.
  useEffect(() => {
    const abort = new AbortController();
    const { signal } = abort;
    client.call<DocumentView>(`/api/admin/documents/${id}`, { signal }).then(
      (data) => setResource({ state: 'ready', data }),
      (error: unknown) => {
        if (!signal.aborted) setResource({ state: 'failed', error });
      },
    );
    return () => abort.abort();
  }, [client, id, round]);
  return {
    resource,
    show: useCallback((data: DocumentView) => setResource({ state: 'ready', data }), []),
    reload: useCallback(() => setRound((count) => count + 1), []),
  };
}
