import type { ApiClient } from '../../api/api-client.ts';
import { ApiError } from '../../api/api-error.ts';
import { randomKey } from '../../api/random-key.ts';
import { createObservable, type Observable } from '../../state/observable.ts';
import { strings } from '../../strings.ts';
import type { DocumentView } from './document-types.ts';

const words = strings.documents.upload;
const MOST_BYTES = 50 * 1024 * 1024;

export interface Upload {
  key: string;
  file: File;
  /** To be looked at before it is published. */
  preview: boolean;
  phase: 'waiting' | 'sending' | 'reading' | 'ready' | 'started' | 'there' | 'failed';
  /** How much has been sent, 0 to 1. */
  share: number;
  documentId: string | null;
  error: unknown;
}

/** Files on their way to the server, one after the other, whatever page is shown meanwhile. */
export interface Uploads {
  state: Observable<readonly Upload[]>;
  add(files: readonly File[], preview: boolean): void;
  retry(key: string): void;
  /** Breaks it off where it is under way, and takes it from the list. */
  dismiss(key: string): void;
  clear(): void;
}

const NEW = { phase: 'waiting', share: 0, documentId: null, error: null } as const;

function refusalOf({ size }: File): ApiError | null {
  const message = size === 0 ? words.empty : size > MOST_BYTES ? words.tooLarge : null;
  if (message === null) return null;
  return new ApiError({ status: 413, slug: 'payload_too_large', message });
}

export function createUploads(client: ApiClient): Uploads {
  const state = createObservable<readonly Upload[]>([]);
  const underWay = new Map<string, AbortController>();
  let sending = false;

  function change(key: string, news: Partial<Upload>): void {
    state.set(state.get().map((each) => (each.key === key ? { ...each, ...news } : each)));
  }

  async function send({ key, file, preview }: Upload): Promise<void> {
    const abort = new AbortController();
    underWay.set(key, abort);
    change(key, { phase: 'sending' });
    const body = new FormData();
    body.append('file', file);
    try {
      const response = await client.open(`/api/admin/documents${preview ? '?dryRun=1' : ''}`, {
        ...{ method: 'POST', body, idempotencyKey: key, signal: abort.signal },
        onSent: (share) => change(key, { share, phase: share < 1 ? 'sending' : 'reading' }),
      });
      const { data } = (await response.json()) as { data: DocumentView };
      change(key, { documentId: data.document.id, ...outcomeOf(response.status, data) });
    } catch (error) {
      if (!abort.signal.aborted) change(key, { phase: 'failed', error });
    } finally {
      underWay.delete(key);
    }
  }

  async function sendAll(): Promise<void> {
    if (sending) return;
    sending = true;
    for (;;) {
      const next = state.get().find(({ phase }) => phase === 'waiting');
      if (!next) break;
      await send(next);
    }
    sending = false;
  }

  return {
    state,
    add(files, preview) {
      const added = files.map((file): Upload => {
        const error = refusalOf(file);
        return {
          key: randomKey(),
          file,
          preview,
          ...NEW,
          ...(error && { phase: 'failed', error }),
        };
      });
      state.set([...state.get(), ...added]);
      void sendAll();
    },
    retry(key) {
      // A key of its own: the former one stands for what was refused.
      const again = randomKey();
      state.set(
        state.get().map((each) => (each.key === key ? { ...each, ...NEW, key: again } : each)),
      );
      void sendAll();
    },
    dismiss(key) {
      underWay.get(key)?.abort();
      state.set(state.get().filter((each) => each.key !== key));
    },
    clear() {
      for (const abort of underWay.values()) abort.abort();
      state.set([]);
    },
  };
}

/** What the server takes for a text that is there already, it answers with 200. */
function outcomeOf(status: number, { document }: DocumentView): Partial<Upload> {
  if (status === 200) return { phase: 'there' };
  if (document.status === 'preview') return { phase: 'ready' };
  if (document.status !== 'failed') return { phase: 'started' };
  const message = document.error ?? '';
  const error = new ApiError({ status: 422, slug: 'unreadable_document', message });
  return { phase: 'failed', error };
}
