import { setTimeout as sleep } from 'node:timers/promises';
import type { Administrator } from '../audit-trail.ts';
import { AppError } from '../errors.ts';
import { type Page, toPage } from '../http/paging.ts';
import { deedOf } from './audit-trail.ts';
import { type Document, isBusy, workIdOf } from './document.ts';
import { createDocumentAmendment, type DocumentAmendment } from './document-amendment.ts';
import { conflict, notThere, requireIdle } from './document-rules.ts';
import type { AdministeredStores, DocumentServiceParts } from './document-service-parts.ts';
import type { DocumentFilter } from './document-store.ts';
import { createDocumentUpload, type DocumentUpload } from './document-upload.ts';
import type { ParsedChapter, ParsedPassage } from './parsing/parsed-document.ts';
import { wasRefused } from './refusal.ts';
import { removal, removeAll } from './removal.ts';
import { startJob } from './start-job.ts';

export interface DocumentService extends DocumentUpload, DocumentAmendment {
  list(
    filter: DocumentFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<Document>>;
  /** Also under the id of an upload that turned out to be there already. */
  byId(id: string): Promise<Document>;
  /** What documents are called, by their ids or those of their aliases; without what is gone. */
  titles(ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  chapters(id: string, limit: number, after: number | undefined): Promise<Page<ParsedChapter>>;
  passages(id: string, ordinal: number): Promise<ParsedPassage[]>;
  /** A preview, or what failed or was cancelled, goes into the library. */
  publish(by: Administrator, id: string): Promise<Document>;
  /** Reads the kept file and computes all vectors once more. */
  reindex(by: Administrator, id: string): Promise<Document>;
  /** Gives up a version that is not in the library, for the one that is. */
  revert(by: Administrator, id: string): Promise<Document>;
  delete(by: Administrator, id: string): Promise<void>;
  /** Waits until nobody works on a document any more, or at least until it is known what is in it. */
  settled(id: string, until: 'idle' | 'known', timeoutMs: number): Promise<void>;
}

const CHAPTER_PASSAGES = 50;
const POLL_MS = 100;

export function createDocumentService(parts: DocumentServiceParts): DocumentService {
  const { stores } = parts;

  async function find(id: string): Promise<Document | undefined> {
    const twinId = await stores.documents.aliasOf(id);
    return stores.documents.byId(twinId ?? id);
  }
  async function byId(id: string): Promise<Document> {
    return (await find(id)) ?? notThere();
  }

  return {
    ...createDocumentUpload(parts),
    ...createDocumentAmendment(parts),
    ...createTurns(parts, byId),
    byId,
    titles: (ids) => stores.documents.titles(ids),
    async list(filter, { limit, before }) {
      const rows = await stores.documents.list(filter, { limit: limit + 1, before });
      return toPage(rows, limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    },
    async chapters(id, limit, after = 0) {
      const document = await byId(id);
      const rows = await stores.staging.chapters(document, after, limit + 1);
      return toPage(rows, limit, ({ ordinal }) => [ordinal]);
    },
    async passages(id, ordinal) {
      const document = await byId(id);
      const chapter = await stores.staging.chapter(document, ordinal);
      if (!chapter) throw new AppError(404, 'not_found', '这份文献里没有这一篇。');
      return stores.staging.passagesOfChapter(document, chapter.id, CHAPTER_PASSAGES);
    },
    async settled(id, until, timeoutMs) {
      const deadline = Date.now() + timeoutMs;
      for (;;) {
        const document = await find(id);
        if (!document || !isBusy(document) || Date.now() > deadline) return;
        if (until === 'known' && document.report) return;
        await sleep(POLL_MS);
      }
    },
  };
}

/** What moves a document that is there from one state into another. */
function createTurns(
  { transact, maxAttempts, libraryChanged, cancelJobs, wake }: DocumentServiceParts,
  byId: (id: string) => Promise<Document>,
) {
  /** The document as it is held until the end of the transaction. */
  async function held(within: AdministeredStores, id: string): Promise<Document> {
    return (await within.documents.lock(id)) ?? notThere();
  }
  return {
    async publish(by: Administrator, id: string) {
      await transact(async (within) => {
        const document = requireIdle(await held(within, id));
        if (document.status === 'published') throw conflict('这份文献已经发布了。');
        if (wasRefused(document)) {
          throw new AppError(422, 'unreadable_document', document.error ?? '');
        }
        await within.documents.confirm(id, document.version);
        await startJob(within, document, { until: 'published', maxAttempts });
        await within.audit.record(deedOf(by, 'document.publish', document));
      });
      wake();
      return byId(id);
    },
    async reindex(by: Administrator, id: string) {
      await transact(async (within) => {
        const document = requireIdle(await held(within, id));
        const { publishedVersion, version } = document;
        if (publishedVersion === null) throw conflict('这份文献还没有发布。');
        if (publishedVersion !== version) {
          throw conflict('这份文献有一个新版本还没有发布，请先发布或放弃它，再重新收录。');
        }
        await within.documents.addVersion(document, {
          ...document,
          ...{ purpose: 'reindex', keepsTwin: true },
        });
        await startJob(within, await held(within, id), { until: 'published', maxAttempts });
        await within.audit.record(deedOf(by, 'document.reindex', document));
      });
      wake();
      return byId(id);
    },
    async revert(by: Administrator, id: string) {
      await transact(async (within) => {
        const document = requireIdle(await held(within, id));
        const { publishedVersion, version } = document;
        if (publishedVersion === null || publishedVersion === version) {
          throw conflict('没有可以放弃的新版本。');
        }
        await within.documents.revert(id, publishedVersion);
        await within.jobs.insert(removal(workIdOf(id)));
        await within.audit.record(deedOf(by, 'document.revert', document));
      });
      wake();
      return byId(id);
    },
    async delete(by: Administrator, asked: string) {
      const { id } = await byId(asked);
      await transact(async (within) => {
        const document = await held(within, id);
        await within.publishing.withdraw(workIdOf(id));
        await within.documents.delete(id);
        // Where a job is at it, vectors still come; they are removed when it has ended.
        if (!isBusy(document)) await removeAll(within.jobs, workIdOf(id));
        await within.audit.record(deedOf(by, 'document.delete', document));
      });
      await cancelJobs(id).catch(() => undefined);
      wake();
      await libraryChanged();
    },
  };
}
