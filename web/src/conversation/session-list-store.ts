import type { ApiClient } from '../api/api-client.ts';
import type { ListedSession, Mode, Page, Session } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';

/** Which sessions are listed. */
export interface SessionFilter {
  archived: boolean;
  q: string;
}

export interface SessionListState {
  phase: 'idle' | 'loading' | 'ready' | 'failed';
  filter: SessionFilter;
  items: ListedSession[];
  nextCursor: string | null;
  error: unknown;
  /** Every session the page has heard of, listed or not. */
  known: Record<string, Session>;
}

export interface SessionList {
  state: Observable<SessionListState>;
  reload(): Promise<void>;
  loadMore(): Promise<void>;
  narrow(change: Partial<SessionFilter>): Promise<void>;
  /** Under the same key it is made once only. */
  create(mode: Mode, key: string): Promise<Session>;
  rename(id: string, title: string): Promise<void>;
  archive(id: string, archived: boolean): Promise<void>;
  choose(id: string, mode: Mode): Promise<void>;
  remove(id: string): Promise<void>;
  /** Reads one session again and puts it on top: it has just been active. */
  refreshOne(id: string): Promise<void>;
  /** The same, and some more times: its title may still be on the way. */
  awaitTitle(id: string): Promise<void>;
  /** Reads a session that is looked at but not listed. */
  meet(id: string): Promise<void>;
  clear(): void;
}

const ALL: SessionFilter = { archived: false, q: '' };
const EMPTY: SessionListState = {
  ...{ phase: 'idle', filter: ALL, items: [], nextCursor: null, error: null },
  known: {},
};
/** A title is thought of in the background, once the answer is there. */
const TITLE_MS = [3000, 8000];

/** The server may wrap a session under its name or send it bare. */
function bare(reply: Session | { session: Session }): Session {
  return 'session' in reply ? reply.session : reply;
}

function pathOf({ archived, q }: SessionFilter, cursor: string | null): string {
  const query = new URLSearchParams({ limit: '30' });
  // What is looked for may lie anywhere.
  if (q === '') query.set('archived', String(archived));
  else query.set('q', q);
  if (cursor !== null) query.set('cursor', cursor);
  return `/api/sessions?${query}`;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

export function createSessionList(client: ApiClient, titleMs = TITLE_MS): SessionList {
  const state = createObservable<SessionListState>(EMPTY);
  const patch = (change: Partial<SessionListState>) => state.set({ ...state.get(), ...change });
  const without = (id: string) => state.get().items.filter((session) => session.id !== id);
  const learn = (sessions: readonly Session[]) => ({
    known: { ...state.get().known, ...Object.fromEntries(sessions.map((one) => [one.id, one])) },
  });
  const belongs = ({ archived }: Session) => {
    const { filter } = state.get();
    return filter.q !== '' || filter.archived === archived;
  };

  // Changes with owner and filter, so that a late reply cannot fill another list.
  let round = 0;

  async function fetchPage(cursor: string | null): Promise<void> {
    const askedIn = round;
    const replaced = new Set(cursor === null ? state.get().items.map(({ id }) => id) : []);
    patch({ phase: 'loading', error: null });
    try {
      const path = pathOf(state.get().filter, cursor);
      const page = await client.call<Page<ListedSession>>(path);
      if (askedIn !== round) return;
      // A session made while the first page was under way is in the list but not on the page.
      const kept = state.get().items.filter(({ id }) => !replaced.has(id));
      const listed = new Set(kept.map(({ id }) => id));
      const items = [...kept, ...page.items.filter(({ id }) => !listed.has(id))];
      patch({ phase: 'ready', items, nextCursor: page.nextCursor, ...learn(page.items) });
    } catch (error) {
      if (askedIn === round) patch({ phase: 'failed', error });
    }
  }

  async function change(id: string, body: Partial<Session>): Promise<void> {
    const options = { method: 'PATCH', body } as const;
    const changed = bare(await client.call(`/api/sessions/${id}`, options));
    const items = state
      .get()
      .items.map((item) => (item.id === id ? { ...item, ...changed } : item));
    patch({ items: items.filter((item) => item.id !== id || belongs(item)), ...learn([changed]) });
  }

  async function refreshOne(id: string): Promise<void> {
    const askedIn = round;
    try {
      const session = bare(await client.call<Session>(`/api/sessions/${id}`));
      if (askedIn !== round) return;
      const onTop = state.get().filter.q === '' && belongs(session);
      patch({ ...learn([session]), ...(onTop ? { items: [session, ...without(id)] } : {}) });
    } catch {
      // The list is a convenience; the next reload puts it right.
    }
  }

  return {
    state,
    ...{ refreshOne },
    reload: () => fetchPage(null),
    async loadMore() {
      const { nextCursor, phase } = state.get();
      if (nextCursor !== null && phase !== 'loading') await fetchPage(nextCursor);
    },
    async narrow(wanted) {
      const filter = { ...state.get().filter, ...wanted };
      round += 1;
      patch({ filter, items: [], nextCursor: null });
      await fetchPage(null);
    },
    async create(mode, key) {
      const options = { method: 'POST', body: { mode }, idempotencyKey: key } as const;
      const session = bare(await client.call('/api/sessions', options));
      const items = belongs(session) ? [session, ...without(session.id)] : state.get().items;
      patch({ phase: 'ready', items, ...learn([session]) });
      return session;
    },
    rename: (id, title) => change(id, { title }),
    archive: (id, archived) => change(id, { archived }),
    choose: (id, mode) => change(id, { mode }),
    async remove(id) {
      await client.call(`/api/sessions/${id}`, { method: 'DELETE' });
      patch({ items: without(id) });
    },
    async awaitTitle(id) {
      await refreshOne(id);
      const before = state.get().known[id]?.title;
      for (const ms of titleMs) {
        await pause(ms);
        if (state.get().known[id]?.title !== before) return;
        await refreshOne(id);
      }
    },
    async meet(id) {
      if (state.get().known[id] !== undefined) return;
      const session = await client.call<Session>(`/api/sessions/${id}`).catch(() => null);
      if (session !== null) patch(learn([bare(session)]));
    },
    clear() {
      round += 1;
      state.set(EMPTY);
    },
  };
}
