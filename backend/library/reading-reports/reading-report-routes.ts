import { z } from 'zod';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { idSchema, textSchema } from '../../http/text-schema.ts';
import type { ReadingReport } from './reading-report.ts';
import type { ReadingReports } from './reading-report-service.ts';

const params = z.object({ id: idSchema });
const cursorSchema = z.tuple([cursorTime, z.uuid()]);
const LONGEST = 500;

const reportSchema = z.object({
  id: z.uuid(),
  passageId: z.uuid(),
  workId: z.uuid(),
  work: z.string(),
  text: z.string().nullable(),
  user: z.object({ id: z.uuid(), nickname: z.string() }),
  comment: z.string(),
  createdAt: z.string(),
  handledAt: z.string().nullable(),
});

const flag = z
  .enum(['true', 'false'], { error: '只能是 true 或 false' })
  .transform((value) => value === 'true');

export function readingReportRoutes(reports: ReadingReports): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/library/passages/{id}/reports',
      summary: 'Say that something in the translation, gist or notes of a passage is wrong',
      tag: 'library',
      access: 'user',
      rateClass: 'report',
      idempotent: true,
      status: 201,
      params,
      body: z.object({ comment: textSchema(1, LONGEST) }),
      data: z.object({ id: z.uuid() }),
      handle: ({ identity, params: { id }, body }) =>
        reports.report(identity.userId, id, body.comment),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/reading-reports',
      summary: 'What readers found wrong in translations, gists and notes, newest first',
      tag: 'administration',
      access: 'admin',
      query: z.object({ ...pageQuery, handled: flag.optional() }),
      data: pageSchema(reportSchema),
      handle: async ({ query: { limit, cursor, handled } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await reports.list({ handled }, { limit, before });
        return { ...page, items: page.items.map(present) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/admin/reading-reports/{id}',
      summary: 'Mark it as seen to, or not after all',
      tag: 'administration',
      access: 'admin',
      params,
      body: z.object({ handled: z.boolean({ error: '必须是 true 或 false' }) }),
      data: reportSchema,
      handle: async ({ identity, params: { id }, body }) =>
        present(await reports.handle(identity.userId, id, body.handled)),
    }),
  ];
}

function present(report: ReadingReport): z.input<typeof reportSchema> {
  const { createdAt, handledAt, ...same } = report;
  return {
    ...same,
    createdAt: createdAt.toISOString(),
    handledAt: handledAt?.toISOString() ?? null,
  };
}
