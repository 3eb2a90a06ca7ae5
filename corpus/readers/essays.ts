import { z } from 'zod';
import { readPackageFile } from '../package-file.ts';
import type { DraftChapter } from '../unique-titles.ts';

const essaySchema = z.object({
  chapter: z.string(),
  source: z.string(),
  author: z.string(),
  paragraphs: z.array(z.string()),
});
const essaysSchema = z.object({
  content: z.array(z.object({ title: z.string(), content: z.array(essaySchema) })),
});

/** 古文观止: 「魏晉：西晉·李密 」 tells dynasty and author, 「《左傳》」 the book an essay is from. */
export async function finestEssays(): Promise<DraftChapter[]> {
  const { content } = await readPackageFile('mengxue/guwenguanzhi.json', essaysSchema);
  return content.flatMap((volume) =>
    volume.content.map(({ chapter, source, author, paragraphs }): DraftChapter => {
      const writer = readWriter(author);
      return {
        title: chapter.trim(),
        ...writer,
        form: 'prose',
        paragraphs,
        distinctions: [source.replace(/[《》()]/gu, ''), writer.author ?? ''],
      };
    }),
  );
}

function readWriter(text: string): { author: string | null; dynasty: string | null } {
  const [period = '', name = ''] = text.trim().split('：');
  const [first = '', second] = name.replace(/\s+撰$/u, '').split('·');
  if (second === undefined) return { author: first || null, dynasty: period || null };
  return { author: second, dynasty: first };
}
