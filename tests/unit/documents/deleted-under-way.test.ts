import { type Document, workIdOf } from '../../../backend/documents/document.ts';
import { createDocumentIngestion } from '../../../backend/documents/document-ingestion.ts';
import { documentJobEnded } from '../../../backend/documents/document-job-ended.ts';
import type { DocumentStores, IngestionParts } from '../../../backend/documents/ingestion-parts.ts';
import { removeAll } from '../../../backend/documents/removal.ts';
import { JobCancelled } from '../../../backend/jobs.ts';

const ID = '0a1b2c3d-0000-4000-8000-000000000001';

/** A worker that comes to a document which has been deleted, or was found to be another. */
function lateWorker(there: { document?: Partial<Document>; twinId?: string }) {
  const made: string[] = [];
  const results: unknown[] = [];
  const document = there.document as Document | undefined;
  const stores = {
    documents: {
      lock: async () => document,
      byId: async () => document,
      aliasOf: async () => there.twinId,
    },
    jobs: {
      insert: async ({ kind }: { kind: string }) => made.push(kind),
      knows: async (kind: string) => made.includes(kind),
    },
  } as unknown as DocumentStores;
  const transact: IngestionParts['transact'] = (work) => work(stores);
  const parts = { stores, transact, wake: () => undefined } as IngestionParts;
  const ingestion = createDocumentIngestion(parts);
  const context = {
    ...{ jobId: 'job', report: async () => undefined, signal: new AbortController().signal },
    setResult: (result: unknown) => results.push(result),
  };
  const payload = { documentId: ID, version: 1, until: 'published' as const };
  return { made, results, stores, payload, work: () => ingestion.ingest(payload, context) };
}

describe('the job of a document that is gone', () => {
  it('is cancelled, and what it left in Chroma is removed, once, when it has ended', async () => {
    const { made, stores, payload, work } = lateWorker({});
    await expect(work()).rejects.toBeInstanceOf(JobCancelled);
    expect(made).toEqual([]);
    await documentJobEnded(stores, { jobId: 'job', payload, outcome: 'cancelled', error: null });
    expect(made).toEqual(['remove-vectors']);
  });

  it('leaves them to whoever deleted it, when it was published by then', async () => {
    const { made, stores, payload } = lateWorker({});
    await removeAll(stores.jobs, workIdOf(ID));
    await documentJobEnded(stores, { jobId: 'job', payload, outcome: 'cancelled', error: null });
    expect(made).toEqual(['remove-vectors']);
  });

  it('is done where another document has the same text', async () => {
    const { results, work } = lateWorker({ twinId: 'twin' });
    await work();
    expect(results).toEqual([{ documentId: 'twin' }]);
  });

  it('is not to blame where the document is there and another works on it', async () => {
    const { made, work } = lateWorker({ document: { version: 2, jobId: 'other' } });
    await work();
    expect(made).toEqual([]);
  });
});
