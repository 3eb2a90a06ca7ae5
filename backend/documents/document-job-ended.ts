import { workIdOf } from './document.ts';
import type { IngestionPayload } from './document-ingestion.ts';
import type { DocumentStores } from './ingestion-parts.ts';
import { removal, removeAll } from './removal.ts';

interface IngestionEnd {
  jobId: string;
  payload: IngestionPayload;
  outcome: 'done' | 'failed' | 'cancelled' | 'retried';
  error: string | null;
}

/** Marks a document by how its job ended, in the transaction in which it does. */
export async function documentJobEnded(
  { documents, jobs }: Pick<DocumentStores, 'documents' | 'jobs'>,
  { jobId, payload, outcome, error }: IngestionEnd,
): Promise<void> {
  if (outcome === 'done') return;
  const document = await documents.lock(payload.documentId);
  if (!document && outcome !== 'retried') {
    // Deleted under way: only now nobody puts any more of it into Chroma.
    await removeAll(jobs, workIdOf(payload.documentId));
  }
  if (document?.version !== payload.version || document.jobId !== jobId) return;
  const { id, status, publishedVersion } = document;
  if (status === 'published') return;
  if (outcome === 'retried') await documents.change(id, { status: 'queued', error: null });
  else if (outcome === 'failed') await documents.stop(id, 'failed', forPeople(error));
  else {
    if (publishedVersion !== null) await documents.revert(id, publishedVersion);
    else await documents.stop(id, 'cancelled', null);
    await jobs.insert(removal(workIdOf(id)));
  }
}

/** What was thrown on purpose is a sentence for whoever chose the file; anything else is a fault of ours. */
function forPeople(error: string | null): string {
  if (error && /\p{Script=Han}/u.test(error)) return error;
  return `处理时出了错，可以重试。${error ? `（${error}）` : ''}`;
}
