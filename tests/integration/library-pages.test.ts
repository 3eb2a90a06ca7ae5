import { jest } from '@jest/globals';
import { composeStores, type Stores } from '../../backend/compose-stores.ts';
import { createLibraryPages, type LibraryPages } from '../../backend/library/library-pages.ts';
import { prepareWork } from '../../backend/library/prepare-work.ts';
import type { Chapter, Work } from '../../backend/library/work.ts';
import { createMemoryMessageBus } from '../../backend/platform/bus/memory-message-bus.ts';
import { createMemoryCache } from '../../backend/platform/cache/memory-cache.ts';
import { openReadCache } from '../../backend/platform/cache/read-cache.ts';
import type { Database } from '../../backend/platform/database/database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { analects } from '../support/small-corpus.ts';
import { createMigratedDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

/** The first chapter with these words in it. */
function edition(words: string) {
  const chapters = analects.chapters.slice(0, 1).map((chapter) => ({
    ...{ ...chapter, author: null, dynasty: null },
    paragraphs: [`子曰：「${words}」`],
  }));
  return prepareWork({ ...analects, chapters, irregularities: [] }, 0);
}

describeWith('postgres', 'the pages of the library', () => {
  const databases: TestDatabase[] = [];
  const opened: Database[] = [];
  /** A replica that stands still until it is told: another database. */
  let [primary, replica]: [Stores, Stores] = [] as never;
  let pages: LibraryPages;
  let replicaIs: Stores;
  let queries = 0;

  beforeAll(async () => {
    [primary, replica] = [await openStores(), await openStores()];
  });
  beforeEach(async () => {
    const bus = createMemoryMessageBus({ logger: silentLogger });
    const far = createMemoryCache();
    const readCache = await openReadCache({ far, near: undefined, bus, logger: silentLogger });
    replicaIs = replica;
    pages = createLibraryPages({
      stores: primary,
      read: (_userId, work) => work(replicaIs),
      readCache,
    });
    await publish('學而時習之', primary, replica);
  });
  afterAll(async () => {
    for (const each of opened) await each.close();
    for (const each of databases) await each.drop();
  });

  async function openStores(): Promise<Stores> {
    const made = await createMigratedDatabase();
    databases.push(made);
    const database = await openPostgres({ url: made.url, logger: silentLogger });
    database.knex.on('query', () => {
      queries += 1;
    });
    opened.push(database);
    return composeStores(database.knex);
  }

  async function publish(words: string, ...to: Stores[]): Promise<void> {
    for (const { library } of to) await library.replace(edition(words));
  }

  async function theWork(): Promise<{ work: Work; chapter: Chapter }> {
    const [work] = await pages.works();
    const [chapter] = work ? await pages.chapters(work) : [];
    if (!work || !chapter) throw new Error('the library is empty');
    return { work, chapter };
  }

  async function shown(): Promise<string> {
    const { work, chapter } = await theWork();
    const passages = await pages.passages(work, chapter, true);
    return passages.map(({ text }) => text).join();
  }

  it('are read from the database once', async () => {
    const first = await shown();
    queries = 0;
    expect(await shown()).toBe(first);
    expect(queries).toBe(0);
  });

  it('are new as soon as a change has been told', async () => {
    expect(await shown()).toContain('學而時習之');
    await publish('溫故而知新', primary, replica);
    await pages.forget();
    expect(await shown()).toContain('溫故而知新');
  });

  it('are never taken for those of a version that the replica has not got yet', async () => {
    expect(await shown()).toContain('學而時習之');
    await publish('溫故而知新', primary);
    await pages.forget();
    expect(await shown()).toContain('溫故而知新');
    await publish('溫故而知新', replica);
    expect(await shown()).toContain('溫故而知新');
  });

  it('are not kept where they were published while they were read', async () => {
    const { work, chapter } = await theWork();
    let meanwhile: (() => Promise<void>) | undefined = () => publish('德不孤', primary, replica);
    const interrupted = (stores: Stores): Stores => ({
      ...stores,
      library: {
        ...stores.library,
        async passagesOfChapter(id) {
          await meanwhile?.();
          meanwhile = undefined;
          return stores.library.passagesOfChapter(id);
        },
      },
    });
    replicaIs = interrupted(replica);
    expect((await pages.passages(work, chapter, false))[0]?.text).toContain('德不孤');
    // Even if that very version comes back.
    await publish('學而時習之', primary, replica);
    expect((await pages.passages(work, chapter, false))[0]?.text).toContain('學而時習之');
    expect(await shown()).toContain('學而時習之');
  });
});
