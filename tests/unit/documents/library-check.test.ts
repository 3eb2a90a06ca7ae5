import {
  createLibraryCheck,
  type HeldLibrary,
  type LibraryCheckParts,
} from '../../../backend/documents/checking/library-check.ts';
import { createLogger } from '../../../backend/logger.ts';

const PASSAGE = { id: 'p1', workId: 'w1', text: '子曰：「学而时习之。」' };
const NO_FAULTS = {
  ...{ worksWithoutDocument: 0, wrongCounts: 0, readingsWithoutPassage: 0, outdatedReadings: 0 },
  ...{ retiredButThere: 0, stagedForNothing: 0, filesWithoutDocument: 0 },
};

/** A library of one passage in the database, and what this process holds of it. */
function checkBeside(held: HeldLibrary) {
  const store = {
    repairRecords: async () => NO_FAULTS,
    stranded: async () => [],
    rightful: async () => new Set<string>(),
    passagesAfter: async (id: string | undefined) => (id === undefined ? [PASSAGE] : []),
    totals: async () => ({ works: 1, passages: 1, documents: 0, readings: 0 }),
    embeddedWorks: async () => new Set<string>(),
    workIds: async () => new Set([PASSAGE.workId]),
    worksToTidy: async () => [],
  };
  const stores = { libraryCheck: store } as unknown as LibraryCheckParts['stores'];
  return createLibraryCheck({
    ...{ stores, held, spaces: () => [], corpusBeingRead: async () => false, maxAttempts: 1 },
    transact: (work) => work(stores),
    wake: () => undefined,
    spoolFolder: '/nowhere',
    logger: createLogger('silent'),
  }).check({ report: async () => undefined, signal: new AbortController().signal });
}

describe('comparing what a process holds with the library', () => {
  it('does not take for a fault what was published a moment ago and is read in now', async () => {
    const texts = new Map<string, string>();
    const reloaded: string[] = [];
    const { sound, index } = await checkBeside({
      workIds: () => [PASSAGE.workId],
      text: (id) => texts.get(id),
      refresh: async () => void texts.set(PASSAGE.id, PASSAGE.text),
      reload: async (ids) => void reloaded.push(...ids),
    });
    expect({ sound, index, reloaded }).toEqual({ sound: true, index: { works: 0 }, reloaded: [] });
  });

  it('reads a work anew that is another one here even so', async () => {
    const reloaded: string[] = [];
    const { sound, index } = await checkBeside({
      workIds: () => [PASSAGE.workId],
      text: () => '学而时习之',
      refresh: async () => undefined,
      reload: async (ids) => void reloaded.push(...ids),
    });
    expect({ sound, index, reloaded }).toEqual({
      ...{ sound: false, index: { works: 1 } },
      reloaded: [PASSAGE.workId],
    });
  });
});
