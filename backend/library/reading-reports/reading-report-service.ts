import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { LibraryStore } from '../library-store.ts';
import type { ReadingReport } from './reading-report.ts';
import type { ReadingReportStore } from './reading-report-store.ts';

export interface ReadingReports {
  /** Says that something said of a passage is wrong. */
  report(userId: string, passageId: string, comment: string): Promise<{ id: string }>;
  list(
    filter: { handled?: boolean | undefined },
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<Page<ReadingReport>>;
  /** Marks it as seen to, or not after all. */
  handle(by: string, id: string, handled: boolean): Promise<ReadingReport>;
}

export function createReadingReports(parts: {
  library: Pick<LibraryStore, 'passage'>;
  reports: ReadingReportStore;
}): ReadingReports {
  const { library, reports } = parts;
  return {
    async report(userId, passageId, comment) {
      const passage = await library.passage(passageId);
      if (!passage) throw new AppError(404, 'not_found', '书库里没有这一段。');
      const { workId } = passage;
      return { id: await reports.add({ passageId, workId, userId, comment }) };
    },
    async list(filter, { limit, before }) {
      const found = await reports.list(filter, { limit: limit + 1, before });
      return toPage(found, limit, ({ createdAt, id }) => [createdAt.toISOString(), id]);
    },
    async handle(by, id, handled) {
      await reports.markHandled(id, handled ? by : null);
      const report = await reports.byId(id);
      if (!report) throw new AppError(404, 'not_found', '没有这条报错。');
      return report;
    },
  };
}

const ownReport = z.object({
  id: z.uuid(),
  passageId: z.uuid(),
  work: z.string(),
  comment: z.string(),
  createdAt: z.string(),
});

/** What somebody reported, for a copy of their own data. */
export function createReadingReportExport(reports: Pick<ReadingReportStore, 'ofUser'>) {
  return {
    readingReports: {
      schema: z.array(ownReport),
      async *read(userId: string) {
        for (const { id, passageId, work, comment, createdAt } of await reports.ofUser(userId)) {
          yield { id, passageId, work, comment, createdAt: createdAt.toISOString() };
        }
      },
    },
  };
}
