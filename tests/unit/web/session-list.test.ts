import type { ApiClient, CallOptions } from '../../../web/src/api/api-client.ts';
import type { ListedSession, Session } from '../../../web/src/api/types.ts';
import { createSessionList } from '../../../web/src/conversation/session-list-store.ts';

const session = (id: string, change: Partial<ListedSession> = {}): ListedSession => ({
  id,
  title: `题${id}`,
  mode: 'qa',
  archived: false,
  createdAt: '2026-01-01T00:00:00Z',
  updatedAt: '2026-01-01T00:00:00Z',
  lastMessageAt: null,
  ...change,
});

/** A server with these sessions; `titles` are what a session is called, one reading after the other. */
function openList(sessions: Session[], titles: string[] = []) {
  const kept = new Map(sessions.map((one) => [one.id, one]));
  const asked: string[] = [];
  async function call(path: string, { method = 'GET', body }: CallOptions = {}): Promise<unknown> {
    asked.push(`${method} ${path}`);
    const id = path.match(/^\/api\/sessions\/(\w+)$/)?.[1];
    if (id === undefined) {
      const query = new URLSearchParams(path.split('?')[1]);
      const wanted = query.get('archived');
      const items = [...kept.values()].filter(
        ({ archived }) => wanted === null || String(archived) === wanted,
      );
      return { items, nextCursor: null };
    }
    const before = kept.get(id);
    if (method === 'PATCH' && before) kept.set(id, { ...before, ...(body as Partial<Session>) });
    const title = titles.shift();
    return title === undefined ? kept.get(id) : { ...before, title };
  }
  const client = { call } as unknown as ApiClient;
  const list = createSessionList(client, [1, 1, 1]);
  return { list, asked, ids: () => list.state.get().items.map(({ id }) => id) };
}

describe('the list of sessions', () => {
  it('has two shelves, and what changes shelf leaves the one that is looked at', async () => {
    const { list, ids } = openList([session('a'), session('b'), session('c', { archived: true })]);
    await list.reload();
    expect(ids()).toEqual(['a', 'b']);
    await list.archive('a', true);
    expect(ids()).toEqual(['b']);
    expect(list.state.get().known.a?.archived).toBe(true);
    await list.narrow({ archived: true });
    expect(ids()).toEqual(['a', 'c']);
    await list.archive('c', false);
    expect(ids()).toEqual(['a']);
  });

  it('looks for words on both shelves', async () => {
    const { list, ids, asked } = openList([session('a'), session('c', { archived: true })]);
    await list.narrow({ q: '仁' });
    expect(ids()).toEqual(['a', 'c']);
    expect(decodeURIComponent(asked.at(-1) ?? '')).toBe('GET /api/sessions?limit=30&q=仁');
    await list.archive('a', true);
    expect(ids()).toEqual(['a', 'c']);
  });

  it('changes how a session is answered', async () => {
    const { list } = openList([session('a')]);
    await list.reload();
    await list.choose('a', 'socratic');
    expect(list.state.get().items[0]?.mode).toBe('socratic');
    expect(list.state.get().known.a?.mode).toBe('socratic');
  });

  it('waits for the title that is thought of after the answer, and not for longer', async () => {
    const { list, asked } = openList([session('a')], ['何为仁', '何为仁', '仁与礼', '仁与礼']);
    await list.awaitTitle('a');
    expect(list.state.get().items[0]?.title).toBe('仁与礼');
    expect(asked).toHaveLength(3);
  });

  it('does not put a session on the wrong shelf when it is active again', async () => {
    const { list, ids } = openList([session('a'), session('c', { archived: true })]);
    await list.reload();
    await list.refreshOne('c');
    expect(ids()).toEqual(['a']);
    await list.meet('c');
    expect(list.state.get().known.c?.archived).toBe(true);
  });
});
