import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.ts';
import { idSchema } from '../http/text-schema.ts';
import type { createReadingUpload } from './reading-upload.ts';

const detail = z.object({ path: z.string(), message: z.string() });
const LIMIT = 20 * 1_024 * 1_024;
const REFUSAL = '请用 application/x-ndjson 上传，一行一条 JSON。';
const MISSING = { error: '请上传今译和注释，一行一条 JSON' };

export function readingUploadRoutes(take: ReturnType<typeof createReadingUpload>): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/admin/library/works/{id}/readings',
      summary: 'Translations, gists, themes and notes of an uploaded work, one passage a line',
      tag: 'administration',
      access: 'admin',
      params: z.object({ id: idSchema }),
      binaryBody: { contentTypes: ['application/x-ndjson'], limit: LIMIT, refusal: REFUSAL },
      body: z.instanceof(Buffer, MISSING).refine((bytes) => bytes.length > 0, MISSING),
      data: z.object({ taken: z.int(), setAside: z.array(z.uuid()), reasons: z.array(detail) }),
      handle: ({ params, body }) => take(params.id, body.toString('utf8')),
    }),
  ];
}
