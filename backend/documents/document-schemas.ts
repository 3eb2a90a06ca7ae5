import { z } from 'zod';
import { pageQuery } from '../http/paging.ts';
import { idSchema, textSchema } from '../http/text-schema.ts';

const FORMS = ['verse', 'primer', 'prose', 'dialogue', 'sayings'] as const;
const STATUSES = ['queued', 'processing', 'preview', 'published', 'failed', 'cancelled'] as const;

const count = z.int().min(0);
const moment = z.iso.datetime();
const sampleSchema = z.object({ count, examples: z.array(z.string()) });

const reportSchema = z.object({
  format: z.string(),
  encoding: z.string().nullable(),
  files: count,
  chapters: count,
  passages: count,
  characters: count,
  script: z.enum(['traditional', 'simplified', 'mixed', 'unknown']),
  translated: count.describe('passages that came with a translation'),
  lacunae: sampleSchema,
  unknownCharacters: sampleSchema,
  skipped: z.array(z.object({ reason: z.string(), count, example: z.string() })),
  contentHash: z.string(),
});

const duplicatesSchema = z.object({
  document: z.object({ id: z.uuid(), title: z.string() }).nullable(),
  passages: count.describe('how many of its passages other works have'),
  repeated: sampleSchema
    .default({ count: 0, examples: [] })
    .describe('passages that say once more what an earlier one of it says'),
  works: z.array(z.object({ workId: z.uuid(), title: z.string(), passages: count })),
  work: z
    .object({ workId: z.uuid(), title: z.string() })
    .nullable()
    .default(null)
    .describe('a work of the library that says the same from its first word to its last'),
  former: z
    .object({ passages: count, kept: count })
    .nullable()
    .describe('of the version that it would replace: its passages, and those that stay'),
});

export const documentSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  category: z.string(),
  form: z.enum(FORMS).nullable(),
  status: z.enum(STATUSES),
  version: count,
  publishedVersion: count.nullable().describe('the one in the library, which may be an older one'),
  fileName: z.string(),
  format: z.string(),
  encoding: z.string().nullable(),
  byteSize: count,
  workId: z.uuid().nullable(),
  chapterCount: count,
  passageCount: count,
  characterCount: count,
  corrections: count.describe('chapters that were corrected'),
  correctionsLost: count.describe(
    'corrections of the version before whose chapters this file does not have',
  ),
  report: reportSchema.nullable(),
  duplicates: duplicatesSchema.nullable(),
  error: z.string().nullable(),
  createdAt: moment,
  updatedAt: moment,
  publishedAt: moment.nullable(),
});

export const stagedChapterSchema = z.object({
  ordinal: count.describe('among all that was found, by which corrections name it'),
  id: z.uuid(),
  n: count.describe('among those that are kept; 0 for one that is skipped'),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  form: z.enum(FORMS),
  passageCount: count,
  characterCount: count,
  opening: z.string(),
  skipped: z.boolean(),
});

export const stagedPassagesSchema = z.object({
  items: z.array(
    z.object({ id: z.uuid(), n: count, text: z.string(), translation: z.string().nullable() }),
  ),
});

export const documentParams = z.object({ id: idSchema });
export const chapterParams = z.object({
  id: idSchema,
  ordinal: z.coerce.number({ error: '必须是数字' }).int({ error: '必须是整数' }).min(1).max(1e9),
});

export const documentsQuery = z.object({
  ...pageQuery,
  status: z.enum(STATUSES, { error: `只能是 ${STATUSES.join('、')}` }).optional(),
  q: textSchema(0, 100).optional(),
});

export const uploadQuery = z.object({
  dryRun: z
    .enum(['true', 'false', '1', '0'], { error: '只能是 true 或 false' })
    .transform((value) => value === 'true' || value === '1')
    .default(false),
});

/** An empty field of a form says nothing. */
const filled = <Schema extends z.ZodType>(schema: Schema) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema.optional());

const form = z.enum(FORMS, { error: `只能是 ${FORMS.join('、')}` });

export const uploadFields = z.object({
  title: filled(textSchema(1, 100)),
  author: filled(textSchema(1, 100)),
  dynasty: filled(textSchema(1, 40)),
  category: filled(textSchema(1, 40)),
  form: filled(form),
  replaces: filled(z.union([idSchema, z.literal('new')], { error: '必须是文献的编号或 new' })),
});

/** As a form sends it; only for the OpenAPI document. */
export const uploadForm = z.object({
  file: z.string().meta({ format: 'binary' }),
  title: z.string().optional(),
  author: z.string().optional(),
  dynasty: z.string().optional(),
  category: z.string().optional(),
  form: z.enum(FORMS).optional(),
  replaces: z.string().optional().describe('the id of a document, or `new`'),
});

const correctionSchema = z.object({
  ordinal: z.int({ error: '必须是整数' }).min(1, { error: '不能小于 1' }).max(1e9),
  title: textSchema(1, 100).optional(),
  author: textSchema(1, 100).nullable().optional(),
  skip: z.boolean({ error: '只能是 true 或 false' }).optional(),
  joinPrevious: z.boolean({ error: '只能是 true 或 false' }).optional(),
  form: form.optional(),
});

export const amendmentBody = z
  .object({
    title: textSchema(1, 100).optional(),
    author: textSchema(1, 100).nullable().optional(),
    dynasty: textSchema(1, 40).nullable().optional(),
    category: textSchema(1, 40).optional(),
    form: form.nullable().optional(),
    chapters: z.array(correctionSchema, { error: '必须是列表' }).min(1).max(5_000).optional(),
  })
  .refine((body) => Object.values(body).some((value) => value !== undefined), {
    error: '至少要改一项',
  });
