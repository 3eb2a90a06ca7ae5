import { readdir, readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { z } from 'zod';
import type { Passage } from '../../ai/passage.ts';
import type { LibraryWork } from '../../ai/rag/passage-library.ts';
import { segmentChapter } from '../../ai/rag/segmentation.ts';

const PACKAGE = path.dirname(createRequire(import.meta.url).resolve('chinese-poetry/package.json'));

/** Left out are second editions of the same poems (`error`, `yudingquantangshi`). */
const COLLECTIONS = [
  { title: '全唐诗', dynasty: '唐', folder: 'quantangshi', files: /^poet\.tang\.\d+\.json$/ },
  { title: '全宋诗', dynasty: '宋', folder: 'quantangshi', files: /^poet\.song\.\d+\.json$/ },
  { title: '全宋词', dynasty: '宋', folder: 'songci', files: /^ci\.song\.\w+\.json$/ },
  { title: '全元曲', dynasty: '元', folder: 'yuanqu', files: /^yuanqu\.json$/ },
];

const poemsSchema = z.array(
  z.object({
    title: z.string().optional(),
    rhythmic: z.string().optional(),
    author: z.string().default('佚名'),
    paragraphs: z.array(z.string()).default([]),
  }),
);

/** The poems of the package `chinese-poetry`, cut as the service cuts verse. */
export async function poemWorks(): Promise<{ works: LibraryWork[]; poems: number }> {
  const works: LibraryWork[] = [];
  let poems = 0;
  for (const { title, dynasty, folder, files } of COLLECTIONS) {
    const passages: Passage[] = [];
    for (const poem of await poemsIn(path.join(PACKAGE, 'dist', folder), files)) {
      const paragraphs = poem.paragraphs.map((each) => each.trim()).filter((each) => each !== '');
      if (paragraphs.length === 0) continue;
      const place = { workId: title, work: title, chapterId: `poem-${poems}` };
      const names = {
        chapter: poem.title ?? poem.rhythmic ?? '无题',
        author: poem.author,
        dynasty,
      };
      for (const [n, text] of segmentChapter({ form: 'verse', paragraphs }).entries()) {
        passages.push({ id: `poem-${poems}-${n}`, ...place, ...names, text });
      }
      poems += 1;
    }
    works.push({ id: title, aliases: [], passages });
  }
  return { works, poems };
}

async function poemsIn(folder: string, wanted: RegExp): Promise<z.infer<typeof poemsSchema>> {
  const names = (await readdir(folder)).filter((name) => wanted.test(name)).sort();
  const read = names.map(async (name) =>
    poemsSchema.parse(JSON.parse(await readFile(path.join(folder, name), 'utf8'))),
  );
  return (await Promise.all(read)).flat();
}
