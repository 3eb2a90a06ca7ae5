import { createHash, randomUUID } from 'node:crypto';
import { JobCancelled } from '../jobs.ts';
import { type Document, workIdOf } from './document.ts';
import { embedDocument } from './embed-document.ts';
import type { IngestionContext, IngestionParts } from './ingestion-parts.ts';
import type { PublishedWork } from './publishing-store.ts';
import { removal } from './removal.ts';
import { LEAST_IN_COMMON } from './resembles.ts';
import { segmentDocument } from './segment-document.ts';
import { type Run, Superseded } from './staged.ts';

export interface IngestionPayload {
  documentId: string;
  version: number;
  /** `segmented`: stop at a preview. */
  until: 'segmented' | 'published';
}

export interface DocumentIngestion {
  /**
   * Takes a document from its file into the library. Safe to run again, wherever an earlier run was
   * stopped, and beside another run: the later one takes over.
   */
  ingest(payload: IngestionPayload, context: IngestionContext): Promise<void>;
}

export function createDocumentIngestion(parts: IngestionParts): DocumentIngestion {
  return {
    async ingest(payload, context) {
      const run = { ...payload, runId: randomUUID() };
      try {
        await work(parts, run, payload.until, context);
      } catch (error) {
        if (await parts.stores.documents.byId(run.documentId)) throw error;
        const twinId = await parts.stores.documents.aliasOf(run.documentId);
        if (twinId === undefined) throw new JobCancelled('the document is gone', { cause: error });
        context.setResult({ documentId: twinId });
      }
    },
  };
}

async function work(
  parts: IngestionParts,
  run: Run,
  until: IngestionPayload['until'],
  context: IngestionContext,
): Promise<void> {
  const { documents } = parts.stores;
  const document = await takeOver(parts, run, until, context.jobId);
  if (document === 'nothing to do') return;
  if (document === 'published already') {
    await parts.libraryChanged();
    return;
  }
  // What was found is noted last; of a version that was in the library only the note is left.
  const staged = document.report ? await parts.stores.staging.count(run) : 0;
  if (!document.report || staged < document.passageCount) {
    const { twinId } = await segmentDocument(parts, document, run, until, context);
    if (twinId !== undefined) {
      await context.setResult({ documentId: twinId });
      return;
    }
  }
  const found = await documents.byId(run.documentId);
  if (!found) throw new Superseded('the document is gone');
  if (until === 'segmented' || isAnotherText(found)) await showPreview(parts, run);
  else await publish(parts, found, run, await embedDocument(parts, found, run, context), context);
}

/** Only the latest job of a document works on it, however often and wherever it is delivered. */
function takeOver(
  parts: IngestionParts,
  run: Run,
  until: IngestionPayload['until'],
  jobId: string,
) {
  return parts.transact(async ({ documents, staging }) => {
    const document = await documents.lock(run.documentId);
    if (!document) throw new Superseded('the document is gone');
    if (document.version !== run.version) return 'nothing to do' as const;
    const { status, publishedVersion, version } = document;
    if (document.jobId !== jobId) return 'nothing to do' as const;
    if (publishedVersion === version && status === 'published') return 'published already' as const;
    if (until === 'segmented' && status === 'preview') return 'nothing to do' as const;
    await staging.begin(run);
    return document;
  });
}

/**
 * Whether what was taken for a new version, only because it bears the name of a document, is likely
 * another text of that name: it has hardly a passage of it. Somebody must say what is meant.
 */
function isAnotherText({ purpose, keepsTwin, duplicates, passageCount }: Document): boolean {
  const former = duplicates?.former;
  if (purpose !== 'upload' || keepsTwin || !former) return false;
  return former.kept / Math.max(1, Math.min(former.passages, passageCount)) < LEAST_IN_COMMON;
}

function showPreview({ transact }: IngestionParts, run: Run): Promise<void> {
  return transact(async ({ documents, staging }) => {
    await staging.hold(run);
    await documents.stop(run.documentId, 'preview', null);
  });
}

/** One transaction: a document is in the library whole or not at all. */
async function publish(
  parts: IngestionParts,
  document: Document,
  run: Run,
  spaces: readonly string[],
  { report, signal }: IngestionContext,
): Promise<void> {
  const { id, version, passageCount, publishedVersion } = document;
  signal.throwIfAborted();
  await parts.transact(async ({ documents, staging, publishing, jobs }) => {
    await staging.hold(run);
    const work = publishedWork(document);
    await publishing.publish(document, work);
    await publishing.noteEmbedded(work, spaces);
    await documents.markPublished(id, version, work.id);
    await staging.clear(run);
    if (publishedVersion !== null) await jobs.insert(removal(work.id));
  });
  await report('indexed', passageCount, passageCount);
  parts.wake();
  await parts.libraryChanged();
  await report('published', passageCount, passageCount);
}

/** Its hash covers everything that readers see of it. */
export function publishedWork(document: Document): PublishedWork {
  const { id, shownHash, title, author, dynasty, category } = document;
  const contentHash = createHash('sha256')
    .update(JSON.stringify([shownHash, title, author, dynasty, category]))
    .digest('hex');
  return { id: workIdOf(id), contentHash };
}
