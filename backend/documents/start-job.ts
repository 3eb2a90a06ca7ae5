import type { Document } from './document.ts';
import type { IngestionPayload } from './document-ingestion.ts';
import { conflict } from './document-rules.ts';
import type { DocumentStores } from './ingestion-parts.ts';

/** Records the job that sees a document through; no other may work on it from now on. */
export async function startJob(
  within: Pick<DocumentStores, 'documents' | 'jobs'>,
  { id, version }: Pick<Document, 'id' | 'version'>,
  { until, maxAttempts }: { until: IngestionPayload['until']; maxAttempts: number },
): Promise<void> {
  const payload: IngestionPayload = { documentId: id, version, until };
  // Not the document alone: a preview is shown a moment before its job has ended.
  const dedupeKey = `${id} ${version} ${until}`;
  const job = { kind: 'ingest-document', payload, maxAttempts, dedupeKey, subjectId: id };
  const jobId = await within.jobs.insert(job);
  if (jobId === undefined) throw conflict('这份文献还有一个任务没有结束，请稍后再试。');
  await within.documents.change(id, { status: 'queued', jobId, error: null });
}
