import { readdir, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { VectorSpace } from '../../platform/platform.ts';
import type { DocumentStores } from '../ingestion-parts.ts';
import { startJob } from '../start-job.ts';
import type { CheckStore, RecordFaults } from './check-store.ts';
import { addMissing, passagePages, removeOrphans, tidyWork } from './vector-check.ts';

export interface CheckStores extends DocumentStores {
  libraryCheck: CheckStore;
}

/** The texts as this process holds them, to be found and quoted. */
export interface HeldLibrary {
  workIds(): readonly string[];
  text(passageId: string): string | undefined;
  /** Takes in what was published meanwhile. */
  refresh(): Promise<void>;
  /** Reads works anew, and forgets those that are not there. */
  reload(workIds: readonly string[]): Promise<void>;
}

export interface LibraryCheckResult {
  checked: { works: number; passages: number; documents: number; readings: number };
  /** What was found and put right. */
  records: RecordFaults & { strandedDocuments: number };
  /**
   * By vector space; null for one that could not be asked. `pending` is no fault: a job that was to do
   * the same was still waiting.
   */
  vectors: Record<string, { orphans: number; missing: number; pending: number } | null>;
  /** Works of which this process held something else than the database. */
  index: { works: number };
  forgottenFiles: number;
  /** Nothing had to be put right, and everything could be looked at. */
  sound: boolean;
}

export interface LibraryCheck {
  /** Compares what is kept of the library in several places, and puts right what differs. */
  check(context: CheckContext): Promise<LibraryCheckResult>;
  /** Leaves of a work those vectors in Chroma that it should have. Rejects while Chroma is away. */
  tidyVectors(workId: string, signal: AbortSignal): Promise<void>;
  /** Takes all vectors of a work that is gone out of Chroma, without looking at them one by one. */
  removeVectors(workId: string): Promise<void>;
}

interface CheckContext {
  report(stage: string, done: number, total: number): Promise<void>;
  signal: AbortSignal;
}

export interface LibraryCheckParts {
  stores: CheckStores;
  transact: Transact<CheckStores>;
  spaces: () => readonly Pick<VectorSpace, 'name' | 'embeddings' | 'vectors'>[];
  /** What this process holds in memory; a process that answers nobody holds nothing. */
  held: HeldLibrary | undefined;
  /** A work of the corpus has its vectors before its passages. */
  corpusBeingRead: () => Promise<boolean>;
  maxAttempts: number;
  wake: () => void;
  spoolFolder: string;
  logger: Logger;
}

const SPOOL_AGE_MS = 24 * 60 * 60 * 1000;

export function createLibraryCheck(parts: LibraryCheckParts): LibraryCheck {
  const { stores, transact, spaces, wake, logger } = parts;
  const store = stores.libraryCheck;
  return {
    async check(context) {
      const records = await transact(({ libraryCheck }) => libraryCheck.repairRecords());
      const strandedDocuments = await startStranded(parts);
      await context.report('records', 1, 1);
      const checked = await store.totals();
      const pages = await checkPassages(parts, checked.passages, context);
      const forgottenFiles = await emptySpool(parts.spoolFolder);
      wake();
      const result = { checked, records: { ...records, strandedDocuments }, ...pages };
      const faults = [
        ...[...Object.values(records), strandedDocuments, pages.index.works],
        ...Object.values(pages.vectors).map((each) => (each ? each.orphans + each.missing : 1)),
      ];
      const sound = faults.every((count) => count === 0);
      if (!sound) logger.warn(result, 'the library was not as it should be');
      return { ...result, forgottenFiles, sound };
    },
    async tidyVectors(workId, signal) {
      for (const space of spaces()) await tidyWork(store, space, signal, workId);
    },
    async removeVectors(workId) {
      for (const { vectors } of spaces()) await vectors.deleteWork(workId);
    },
  };
}

/** Back to work with documents that wait for nobody: a job that vanished, a work that is gone. */
async function startStranded({ stores, transact, maxAttempts }: LibraryCheckParts) {
  let started = 0;
  for (const { id, version, until } of await stores.libraryCheck.stranded()) {
    await transact(async (within) => {
      const document = await within.documents.lock(id);
      if (document?.version !== version) return;
      await startJob(within, document, { until, maxAttempts });
      started += 1;
    });
  }
  return started;
}

async function checkPassages(
  parts: LibraryCheckParts,
  total: number,
  { report, signal }: CheckContext,
): Promise<Pick<LibraryCheckResult, 'vectors' | 'index'>> {
  const store = parts.stores.libraryCheck;
  const vectors = await openVectorCheck(parts, signal);
  const suspects = await worksTooMany(parts);
  let done = 0;
  for await (const page of passagePages(store)) {
    signal.throwIfAborted();
    for (const { id, workId, text } of page) {
      if (parts.held && parts.held.text(id) !== text) suspects.add(workId);
    }
    await vectors.see(page);
    done += page.length;
    await report('passages', done, Math.max(total, done));
  }
  const astray = await worksAstray(parts, suspects);
  if (astray.length > 0) await parts.held?.reload(astray);
  return { vectors: vectors.found, index: { works: astray.length } };
}

/** Works that this process holds and the library has not; a passage too many is one of those. */
async function worksTooMany({ stores, held }: LibraryCheckParts): Promise<Set<string>> {
  const there = await stores.libraryCheck.workIds();
  return new Set(held?.workIds().filter((id) => !there.has(id)));
}

/** What was published a moment ago this process may not have read yet, which is no fault. */
async function worksAstray(
  parts: LibraryCheckParts,
  suspects: ReadonlySet<string>,
): Promise<string[]> {
  const { held, stores } = parts;
  if (!held || suspects.size === 0) return [];
  await held.refresh();
  const tooMany = await worksTooMany(parts);
  const astray: string[] = [];
  for (const workId of suspects) {
    let differs = tooMany.has(workId);
    for await (const page of passagePages(stores.libraryCheck, workId)) {
      differs ||= page.some(({ id, text }) => held.text(id) !== text);
    }
    if (differs) astray.push(workId);
  }
  return astray;
}

async function openVectorCheck(parts: LibraryCheckParts, signal: AbortSignal) {
  const { stores, spaces, logger } = parts;
  const store = stores.libraryCheck;
  const found: LibraryCheckResult['vectors'] = {};
  const embedded = new Map<string, Set<string>>();
  const quietly = async (name: string, work: () => Promise<void>) => {
    await work().catch((error: unknown) => {
      signal.throwIfAborted();
      logger.warn({ err: error, space: name }, 'vectors cannot be checked');
      found[name] = null;
    });
  };
  const busy = await parts.corpusBeingRead();
  const toTidy = await store.worksToTidy();
  for (const space of spaces()) {
    embedded.set(space.name, await store.embeddedWorks(space.name));
    await quietly(space.name, async () => {
      let pending = 0;
      for (const workId of toTidy) pending += await tidyWork(store, space, signal, workId);
      const orphans = busy ? 0 : await removeOrphans(store, space, signal);
      found[space.name] = { orphans, missing: 0, pending };
    });
  }
  return {
    found,
    async see(page: readonly { id: string; workId: string; text: string }[]) {
      for (const space of spaces()) {
        const count = found[space.name];
        if (!count) continue;
        const due = page.filter(({ workId }) => embedded.get(space.name)?.has(workId));
        await quietly(space.name, async () => {
          count.missing += await addMissing(space, due);
        });
      }
    },
  };
}

/** What a process that died left on this machine's disk. */
async function emptySpool(folder: string): Promise<number> {
  let removed = 0;
  for (const name of await readdir(folder).catch(() => [])) {
    const file = path.join(folder, name);
    const age = Date.now() - ((await stat(file).catch(() => undefined))?.mtimeMs ?? Date.now());
    if (age < SPOOL_AGE_MS) continue;
    await rm(file, { force: true });
    removed += 1;
  }
  return removed;
}
