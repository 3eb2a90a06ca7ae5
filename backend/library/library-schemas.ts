import { z } from 'zod';

export const workSchema = z.object({
  id: z.uuid(),
  title: z.string(),
  author: z.string().nullable(),
  dynasty: z.string().nullable(),
  category: z.string(),
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
  notes: z.array(
    z.object({ term: z.string(), reading: z.string().nullable(), meaning: z.string() }),
  ),
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
