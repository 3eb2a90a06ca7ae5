import { z } from 'zod';
import type { Chapter, StoredPassage, Work } from './work.ts';

/** What the cache keeps of the library, and what another version of the program may have put there. */

const text = z.string();
const maybe = z.string().nullable();
const count = z.int();

const workSchema: z.ZodType<Work> = z.object({
  ...{ id: text, slug: text, position: count, title: text, author: maybe, dynasty: maybe },
  ...{ category: text, aliases: z.array(text), introduction: maybe, contentHash: text },
  ...{ chapterCount: count, passageCount: count, characterCount: count },
});
export const worksSchema = z.array(workSchema);

const chapterSchema: z.ZodType<Chapter> = z.object({
  ...{ id: text, workId: text, n: count, title: text, author: maybe, dynasty: maybe },
  passageCount: count,
});
export const chaptersSchema = z.array(chapterSchema);

const noteSchema = z.object({
  ...{ term: text, reading: maybe, meaning: text },
  at: z.array(count).optional(),
});

const readingSchema = z.object({
  source: z.enum(['editorial', 'document', 'machine']),
  ...{ translation: maybe, gist: maybe, doubt: maybe },
  ...{ themes: z.array(text), questions: z.array(text), notes: z.array(noteSchema) },
});

const storedPassage = {
  ...{ id: text, workId: text, chapterId: text, n: count, text, textHash: maybe },
} satisfies { [Key in keyof StoredPassage]: z.ZodType<StoredPassage[Key]> };

export const passagesSchema = z.array(
  z.object({
    ...storedPassage,
    reading: readingSchema.optional(),
    notes: z.array(noteSchema),
    pinyin: z.array(maybe).optional(),
  }),
);
