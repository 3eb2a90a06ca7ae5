import { z } from 'zod';
import { toCitation, toQuote } from '../citations/citation.ts';
import { citationSchema, quoteSchema } from '../citations/citation-schemas.ts';
import { pageQuery, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';
import {
  chapterReadingSchema,
  chapterSchema,
  passageReadingSchema,
  workSchema,
} from './library-schemas.ts';
import type { LibraryService } from './library-service.ts';
import {
  presentChapter,
  presentChapterReading,
  presentPassageReading,
  presentWork,
} from './present-library.ts';

const tag = 'library';
const withPinyin = z.object({
  pinyin: z
    .enum(['0', '1'], { error: '只能是 0 或 1' })
    .default('0')
    .transform((value) => value === '1'),
});
const workCursor = z.tuple([z.int(), z.uuid()]);

export function libraryRoutes(library: LibraryService): Route[] {
  return [...readingRoutes(library), ...findingRoutes(library)];
}

function readingRoutes(library: LibraryService): Route[] {
  const shared = { method: 'get', tag, access: 'open', rateClass: 'library' } as const;
  return [
    defineRoute({
      ...shared,
      path: '/api/library/works',
      summary: 'The works, in the order of the library',
      query: z.object(pageQuery),
      data: pageSchema(workSchema),
      handle: async ({ query: { limit, cursor } }) => {
        const page = await library.works(limit, readCursor(cursor, workCursor));
        return { ...page, items: page.items.map(presentWork) };
      },
    }),
    defineRoute({
      ...shared,
      path: '/api/library/works/{id}',
      summary: 'A work and its chapters',
      params: z.object({ id: idSchema }),
      data: workSchema.extend({ work: workSchema, chapters: z.array(chapterSchema) }),
      handle: async ({ params }) => {
        const { work, chapters } = await library.work(params.id);
        const presented = presentWork(work);
        return { ...presented, work: presented, chapters: chapters.map(presentChapter) };
      },
    }),
    defineRoute({
      ...shared,
      path: '/api/library/works/{id}/chapters/{cid}',
      summary: 'The text of a chapter',
      params: z.object({ id: idSchema, cid: idSchema }),
      query: withPinyin,
      data: chapterReadingSchema,
      handle: async ({ params, query }) =>
        presentChapterReading(await library.chapter(params.id, params.cid, query.pinyin)),
    }),
    defineRoute({
      ...shared,
      path: '/api/library/passages/{id}',
      summary: 'A passage with its neighbours',
      params: z.object({ id: idSchema }),
      query: withPinyin,
      data: passageReadingSchema,
      handle: async ({ params, query }) =>
        presentPassageReading(await library.passage(params.id, query.pinyin)),
    }),
  ];
}

function findingRoutes(library: LibraryService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/library/search',
      summary: 'The retrieval that answers use',
      tag,
      access: 'open',
      rateClass: 'library',
      query: z.object({
        q: textSchema(1, 4000),
        limit: z.coerce
          .number({ error: '必须是数字' })
          .int({ error: '必须是整数' })
          .min(1, { error: '不能小于 1' })
          .max(50, { error: '不能大于 50' })
          .default(10),
        work: idSchema.optional(),
      }),
      data: z.object({ items: z.array(citationSchema), tookMs: z.number() }),
      handle: async ({ query: { q, limit, work } }) => {
        const started = performance.now();
        const found = await library.search(q, limit, work);
        const items = found.map((item, index) => toCitation({ ...item, n: index + 1 }));
        return { items, tookMs: Math.round((performance.now() - started) * 10) / 10 };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/library/quotes/verify',
      summary: 'Whether words stand in the library, and where',
      tag,
      access: 'open',
      rateClass: 'library',
      body: z.object({
        quotes: z
          .array(textSchema(1, 500), { error: '必须是文字的列表' })
          .min(1, { error: '至少一条' })
          .max(50, { error: '最多 50 条' }),
      }),
      data: z.object({ items: z.array(quoteSchema) }),
      handle: async ({ body }) => ({
        items: (await library.verifyQuotes(body.quotes)).map(toQuote),
      }),
    }),
  ];
}
