import type { CheckStore } from '../../../backend/documents/checking/check-store.ts';
import {
  type CheckStores,
  createLibraryCheck,
  type HeldLibrary,
} from '../../../backend/documents/checking/library-check.ts';
import { createLogger } from '../../../backend/logger.ts';

const GONE = '0a1b2c3d-0000-4000-8000-000000000001';
const THERE = '0a1b2c3d-0000-4000-8000-000000000002';
const TEXT = '学而时习之';
const NO_FAULTS = {
  ...{ worksWithoutDocument: 0, wrongCounts: 0, readingsWithoutPassage: 0, outdatedReadings: 0 },
  ...{ retiredButThere: 0, stagedForNothing: 0, filesWithoutDocument: 0 },
};

/** A library of one passage; in Chroma lie also two of a work that is gone. */
function someLibrary(worksToTidy: string[], held?: HeldLibrary) {
  const inChroma = new Map([
    ['p-there', THERE],
    ['p-gone', GONE],
    ['p-gone-too', GONE],
  ]);
  const store: CheckStore = {
    repairRecords: async () => NO_FAULTS,
    stranded: async () => [],
    rightful: async () => new Set(['p-there']),
    passagesAfter: async (after) =>
      after === undefined ? [{ id: 'p-there', workId: THERE, text: TEXT }] : [],
    totals: async () => ({ works: 1, passages: 1, documents: 1, readings: 0 }),
    embeddedWorks: async () => new Set([THERE]),
    workIds: async () => new Set([THERE]),
    worksToTidy: async () => worksToTidy,
  };
  const space = {
    name: 'space',
    embeddings: { embedPassages: async (texts: string[]) => texts.map(() => [1]) },
    vectors: {
      async *idPages(workId?: string) {
        const ids = [...inChroma].filter(([, each]) => workId === undefined || each === workId);
        yield ids.map(([id]) => id);
      },
      async delete(ids: string[]) {
        for (const id of ids) inChroma.delete(id);
      },
      known: async (ids: readonly string[]) => new Set(ids.filter((id) => inChroma.has(id))),
    },
  };
  const stores = { libraryCheck: store } as CheckStores;
  const check = createLibraryCheck({
    ...{ stores, transact: (work) => work(stores), held, maxAttempts: 1 },
    spaces: () => [space as never],
    corpusBeingRead: async () => false,
    wake: () => undefined,
    spoolFolder: '/nowhere',
    logger: createLogger('silent'),
  });
  const context = { report: async () => undefined, signal: new AbortController().signal };
  return { inChroma, check: () => check.check(context) };
}

describe('vectors that nobody has a right to any more', () => {
  it('are no fault of the library where a job is about to remove them', async () => {
    const { check, inChroma } = someLibrary([GONE]);
    expect(await check()).toMatchObject({
      vectors: { space: { orphans: 0, missing: 0, pending: 2 } },
      sound: true,
    });
    expect([...inChroma.keys()]).toEqual(['p-there']);
  });

  it('are one where nobody knows of them', async () => {
    const { check, inChroma } = someLibrary([]);
    expect(await check()).toMatchObject({
      vectors: { space: { orphans: 2, missing: 0, pending: 0 } },
      sound: false,
    });
    expect([...inChroma.keys()]).toEqual(['p-there']);
  });
});

describe('what a process holds of the library', () => {
  const holding = (text: () => string | undefined, refresh: () => void) => {
    const reloaded: string[] = [];
    const held: HeldLibrary = {
      ...{ workIds: () => [THERE], text, refresh: async () => refresh() },
      reload: async (ids) => void reloaded.push(...ids),
    };
    return { held, reloaded };
  };

  it('is no fault where a work was published a moment ago and is read in now', async () => {
    let text: string | undefined;
    const { held, reloaded } = holding(
      () => text,
      () => {
        text = TEXT;
      },
    );
    const found = await someLibrary([GONE], held).check();
    expect(found).toMatchObject({ sound: true, index: { works: 0 } });
    expect(reloaded).toEqual([]);
  });

  it('is read anew where it is another text even so', async () => {
    const { held, reloaded } = holding(
      () => '学而',
      () => undefined,
    );
    const found = await someLibrary([GONE], held).check();
    expect(found).toMatchObject({ sound: false, index: { works: 1 } });
    expect(reloaded).toEqual([THERE]);
  });
});
