import type { Passage } from '../../ai/passage.ts';
import type { Retrieval } from '../../ai/rag/retriever.ts';
import { createKeptRetrieval } from '../../backend/library/kept-retrieval.ts';
import type { PublishedLibrary } from '../../backend/library/published-library.ts';
import { createMemoryMessageBus } from '../../backend/platform/bus/memory-message-bus.ts';
import { createMemoryCache } from '../../backend/platform/cache/memory-cache.ts';
import { openReadCache } from '../../backend/platform/cache/read-cache.ts';
import { silentLogger } from '../support/redis-space.ts';

const passage = { id: 'p1', text: '學而時習之' } as Passage;
const found: Retrieval = { items: [{ passage, score: 0.5 }], support: 0.8, dense: true };

async function openRetrieval(answer: () => Retrieval | Promise<Retrieval>) {
  const bus = createMemoryMessageBus({ logger: silentLogger });
  const far = createMemoryCache();
  const readCache = await openReadCache({ far, near: undefined, bus, logger: silentLogger });
  const now = { fingerprint: 'one', space: 'local', asked: 0 };
  const published = {
    library: { passage: (id: string) => (id === passage.id ? passage : undefined) },
    get fingerprint() {
      return now.fingerprint;
    },
  } as Pick<PublishedLibrary, 'library' | 'fingerprint'>;
  const retriever = createKeptRetrieval({
    ...{ published, readCache, space: () => now.space },
    retriever: {
      async retrieve() {
        now.asked += 1;
        return answer();
      },
    },
  });
  const ask = (question = '学习', limit = 10) => retriever.retrieve(question, { limit });
  return { now, ask };
}

describe('what a search finds', () => {
  it('is looked for once, and is the same from the cache', async () => {
    const { now, ask } = await openRetrieval(() => found);
    expect(await ask()).toEqual(found);
    expect(await ask()).toEqual(found);
    expect(now.asked).toBe(1);
  });

  it('is kept also when it is nothing', async () => {
    const nothing: Retrieval = { items: [], support: 0, dense: true };
    const { now, ask } = await openRetrieval(() => nothing);
    expect([await ask(), await ask()]).toEqual([nothing, nothing]);
    expect(now.asked).toBe(1);
  });

  it('is looked for anew with another question, limit, library or vector space', async () => {
    const { now, ask } = await openRetrieval(() => found);
    await ask();
    await ask('孝');
    await ask('学习', 5);
    now.fingerprint = 'two';
    await ask();
    now.space = 'another';
    await ask();
    expect(now.asked).toBe(5);
  });

  it('is not kept when the vectors were away, which everybody who waited for it is told', async () => {
    const { now, ask } = await openRetrieval(() => ({ ...found, dense: false }));
    const together = await Promise.all([ask(), ask()]);
    expect(together.map(({ dense }) => dense)).toEqual([false, false]);
    expect(now.asked).toBe(1);
    await ask();
    expect(now.asked).toBe(2);
  });

  it('is not kept when the library changed while it was looked for', async () => {
    const { now, ask } = await openRetrieval(() => {
      if (now.asked === 1) now.fingerprint = 'two';
      return found;
    });
    await ask();
    now.fingerprint = 'one';
    await ask();
    expect(now.asked).toBe(2);
  });
});
