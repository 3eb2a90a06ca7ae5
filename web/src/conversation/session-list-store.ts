import type { ApiClient } from '../api/api-client.ts';
import { randomKey } from '../api/random-key.ts';
import type { Page, Session } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';

export interface SessionListState {
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  items: Session[];
  nextCursor: string | null;
  error: unknown;
}

export interface SessionList {
  state: Observable<SessionListState>;
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  create(): Promise<Session>;
  rename(id: string, title: string): Promise<void>;
  remove(id: string): Promise<void>;
  /** Reads one session again and puts it on top: it has just been active. */
  refreshOne(id: string): Promise<void>;
  clear(): void;
}

const EMPTY: SessionListState = { phase: 'idle', items: [], nextCursor: null, error: null };

/** The server may wrap a session under its name or send it bare. */
function bare(reply: Session | { session: Session }): Session {
  return 'session' in reply ? reply.session : reply;
}

export function createSessionList(client: ApiClient): SessionList {
  const state = createObservable<SessionListState>(EMPTY);
  const patch = (change: Partial<SessionListState>) => state.set({ ...state.get(), ...change });
  const without = (id: string) => state.get().items.filter((session) => session.id !== id);

  // Changes when the list changes hands, so that a late reply cannot fill another person's list.
  let owner = 0;

  async function fetchPage(cursor: string | null): Promise<void> {
    const askedFor = owner;
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const replaced = new Set(cursor === null ? state.get().items.map(({ id }) => id) : []);
    patch({ phase: 'loading', error: null });
    try {
      const page = await client.call<Page<Session>>(`/api/sessions?limit=30${after}`);
      if (askedFor !== owner) return;
      // A session made while the first page was under way is in the list but not on the page.
      const kept = state.get().items.filter(({ id }) => !replaced.has(id));
      const known = new Set(kept.map(({ id }) => id));
      const items = [...kept, ...page.items.filter(({ id }) => !known.has(id))];
      patch({ phase: 'ready', items, nextCursor: page.nextCursor });
    } catch (error) {
      if (askedFor === owner) patch({ phase: 'failed', error });
    }
  }

  return {
    state,
    reload: () => fetchPage(null),
    async loadMore() {
      const { nextCursor, phase } = state.get();
      if (nextCursor !== null && phase !== 'loading') await fetchPage(nextCursor);
    },
    async create() {
      const options = { method: 'POST', body: {}, idempotencyKey: randomKey() } as const;
      const session = bare(await client.call('/api/sessions', options));
      patch({ phase: 'ready', items: [session, ...without(session.id)] });
      return session;
    },
    async rename(id, title) {
      const reply = await client.call<Session | { session: Session }>(`/api/sessions/${id}`, {
        method: 'PATCH',
        body: { title },
      });
      const renamed = { ...bare(reply), title };
      patch({ items: state.get().items.map((item) => (item.id === id ? renamed : item)) });
    },
    async remove(id) {
      await client.call(`/api/sessions/${id}`, { method: 'DELETE' });
      patch({ items: without(id) });
    },
    async refreshOne(id) {
      try {
        const session = bare(await client.call(`/api/sessions/${id}`));
        patch({ items: [session, ...without(id)] });
      } catch {
        // The list is a convenience; the next reload puts it right.
      }
    },
    clear() {
      owner += 1;
      state.set(EMPTY);
    },
  };
}
