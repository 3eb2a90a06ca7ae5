import type { JobRecords } from './ingestion-parts.ts';

const ATTEMPTS = 1_000;
const KIND = 'remove-vectors';

/** The job that takes vectors which nobody has a right to any more out of Chroma, when it is there. */
export function removal(workId: string) {
  return { kind: KIND, payload: { workId, gone: false }, maxAttempts: ATTEMPTS };
}

/**
 * Has all vectors of a deleted document removed, once: whoever deleted it just as it was published
 * has seen to it, and the job that published it, told of the deletion after its last vector, need not.
 */
export async function removeAll(jobs: JobRecords, workId: string): Promise<void> {
  if (await jobs.knows(KIND, workId)) return;
  await jobs.insert({
    ...{ kind: KIND, payload: { workId, gone: true }, maxAttempts: ATTEMPTS },
    dedupeKey: workId,
  });
}
