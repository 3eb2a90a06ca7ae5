import { z } from 'zod';

export const workSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  category: z.string(),
  /** What it is and how to read it, in a few sentences written with AI. */
  introduction: z.string().nullable(),
  chapterCount: z.int(),
  passageCount: z.int(),
  characterCount: z.int(),
});

export const chapterSchema = z.object({
  id: z.uuid(),
  n: z.int(),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  passageCount: z.int(),
});

export const passageSchema = z.object({
  id: z.uuid(),
  n: z.int(),
  text: z.string(),
  translation: z.string().nullable(),
  gist: z.string().nullable(),
  /** Who wrote translation, gist and notes; null where there are none but of a small dictionary. */
  readingSource: z.enum(['editorial', 'document', 'machine']).nullable(),
  /** Where whoever wrote them was not sure. */
  doubt: z.string().nullable(),
  /** Where it was asked for: a syllable for each code point of the text, null for marks. */
  pinyin: z.array(z.string().nullable()).optional(),
  notes: z.array(
    z.object({ term: z.string(), reading: z.string().nullable(), meaning: z.string() }),
  ),
  retired: z.literal(true).optional().describe('a newer version of the work has it no longer'),
});

export const chapterReadingSchema = z.object({
  work: workSchema,
  chapter: chapterSchema,
  passages: z.array(passageSchema),
  previous: chapterSchema.nullable(),
  next: chapterSchema.nullable(),
});

export const passageReadingSchema = z.object({
  work: workSchema,
  chapter: chapterSchema,
  passage: passageSchema,
  previous: passageSchema.nullable(),
  next: passageSchema.nullable(),
});
