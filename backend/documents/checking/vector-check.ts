import type { VectorSpace } from '../../platform/platform.ts';
import type { CheckedPassage, CheckStore } from './check-store.ts';

/** What is held of vectors that nobody has a right to before they are deleted. */
const AT_ONCE = 20_000;
const PASSAGES_A_PAGE = 500;

type Space = Pick<VectorSpace, 'name' | 'embeddings' | 'vectors'>;
type Rights = Pick<CheckStore, 'rightful'>;
type Tidied = Rights & Pick<CheckStore, 'embeddedWorks' | 'passagesAfter'>;

/** Deletes the vectors, of one work or of all, whose passages are neither there nor on their way. */
export async function removeOrphans(
  store: Rights,
  { vectors }: Space,
  signal: AbortSignal,
  workId?: string,
): Promise<number> {
  let removed = 0;
  for (;;) {
    const orphans: string[] = [];
    for await (const page of vectors.idPages(workId)) {
      signal.throwIfAborted();
      const rightful = await store.rightful(page.filter(isUuid));
      orphans.push(...page.filter((id) => !rightful.has(id)));
      if (orphans.length >= AT_ONCE) break;
    }
    if (orphans.length > 0) await vectors.delete(orphans);
    removed += orphans.length;
    if (orphans.length < AT_ONCE) return removed;
  }
}

const isUuid = (id: string) => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(id);

/** All passages, or those of one work, a page at a time. */
export async function* passagePages(
  store: Pick<CheckStore, 'passagesAfter'>,
  workId?: string,
): AsyncGenerator<CheckedPassage[]> {
  let after: string | undefined;
  for (;;) {
    const page = await store.passagesAfter(after, PASSAGES_A_PAGE, workId);
    if (page.length === 0) return;
    yield page;
    after = page.at(-1)?.id;
  }
}

/** Computes the vectors that a space should have and has not. */
export async function addMissing(
  { embeddings, vectors }: Space,
  page: readonly CheckedPassage[],
): Promise<number> {
  if (page.length === 0) return 0;
  const known = await vectors.known(page.map(({ id }) => id));
  const missing = page.filter(({ id }) => !known.has(id));
  if (missing.length === 0) return 0;
  const embedded = await embeddings.embedPassages(missing.map(({ text }) => text));
  await vectors.upsert(
    missing.map(({ id, workId }, index) => ({ id, workId, vector: embedded[index] ?? [] })),
  );
  return missing.length;
}

/** Leaves of a work those vectors that it should have; how many were too many or too few. */
export async function tidyWork(
  store: Tidied,
  space: Space,
  signal: AbortSignal,
  workId: string,
): Promise<number> {
  let changed = await removeOrphans(store, space, signal, workId);
  if (!(await store.embeddedWorks(space.name)).has(workId)) return changed;
  // Whoever embedded the former version anew took those of the next one for its leavings.
  for await (const page of passagePages(store, workId)) {
    signal.throwIfAborted();
    changed += await addMissing(space, page);
  }
  return changed;
}
