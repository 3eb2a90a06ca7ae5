import { createErasure, type ErasureStores } from '../../backend/accounts/closing/erasure.ts';
import { jsonChunks } from '../../backend/http/json-stream.ts';
import { allRows } from '../../backend/http/paging.ts';

const textOf = async (value: unknown) => {
  let text = '';
  for await (const chunk of jsonChunks(value)) text += chunk;
  return text;
};

async function* list(...items: unknown[]) {
  yield* items;
}

describe('a copy of one’s data, written while it is read', () => {
  it.each([[null], [0], ['学而'], [[]], [{}], [{ a: [1, { b: null }] }], [[{ a: 1 }, 'x']]])(
    'is the same JSON as ever: %j',
    async (value) => {
      expect(JSON.parse(await textOf(value))).toEqual(value);
    },
  );

  it('takes lists that are still being read, at any depth', async () => {
    const value = {
      empty: list(),
      sessions: list({ id: 1, messages: list('你好', { n: [1] }) }, { id: 2, messages: list() }),
      deep: { in: [{ it: list(1, 2) }, 3] },
      gone: undefined,
    };
    expect(JSON.parse(await textOf(value))).toEqual({
      empty: [],
      sessions: [
        { id: 1, messages: ['你好', { n: [1] }] },
        { id: 2, messages: [] },
      ],
      deep: { in: [{ it: [1, 2] }, 3] },
    });
  });

  it('asks for no page before the last one is used up', async () => {
    const asked: (number | undefined)[] = [];
    const read = async (after: number | undefined) => {
      asked.push(after);
      return [1, 2, 3, 4, 5].filter((row) => row > (after ?? 0)).slice(0, 2);
    };
    const rows = allRows(read, (row) => row);
    expect((await rows.next()).value).toBe(1);
    expect((await rows.next()).value).toBe(2);
    expect(asked).toEqual([undefined]);
    const others: number[] = [];
    for await (const row of rows) others.push(row);
    expect(others).toEqual([3, 4, 5]);
    expect(asked).toEqual([undefined, 2, 4, 5]);
  });
});

describe('erasing all who are due', () => {
  const everybody = Array.from({ length: 250 }, (_, n) => String(n).padStart(3, '0'));

  /** Accounts as a store that is asked page by page; some of them cannot be erased. */
  function open(broken: readonly string[] = []) {
    const erased: string[] = [];
    const erasure: ErasureStores['erasure'] = {
      due: async ({ limit, after = '' }) =>
        everybody.filter((id) => id > after && !erased.includes(id)).slice(0, limit),
      isDue: async () => true,
      withMerged: async (id) => [id],
      async erase(id) {
        if (broken.includes(id)) throw new Error(`${id} cannot be erased`);
        erased.push(id);
      },
    };
    const nothing = { deleteAllOf: async () => undefined };
    const stores = {
      erasure,
      users: { lock: async (id: string) => ({ id, role: 'learner' }) },
      audit: { record: async () => undefined },
      ...{ sessions: nothing, idempotency: nothing },
    } as unknown as ErasureStores;
    return { erased, erasure: createErasure({ stores, transact: (work) => work(stores) }) };
  }
  const unending = new AbortController().signal;

  it('goes through all pages', async () => {
    const { erased, erasure } = open();
    expect(await erasure.eraseDue(unending)).toBe(250);
    expect(erased).toEqual(everybody);
    expect(await erasure.eraseDue(unending)).toBe(0);
  });

  it('lets one that cannot be erased keep nobody else, and says so', async () => {
    const { erased, erasure } = open(['017', '123']);
    await expect(erasure.eraseDue(unending)).rejects.toThrow('2 accounts could not be erased');
    expect(erased).toHaveLength(248);
  });

  it('gives up when the fault is not theirs', async () => {
    const { erased, erasure } = open(everybody);
    await expect(erasure.eraseDue(unending)).rejects.toThrow('10 accounts could not be erased');
    expect(erased).toEqual([]);
  });

  it('stops between two accounts when the worker stops', async () => {
    const stopping = AbortSignal.abort();
    const { erased, erasure } = open();
    expect(await erasure.eraseDue(stopping)).toBe(0);
    expect(erased).toEqual([]);
  });
});
