import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import type { DraftChapter } from '../unique-titles.ts';

const tangPoemSchema = z.object({
  chapter: z.string(),
  subchapter: z.string().nullish(),
  author: z.string(),
  paragraphs: z.array(z.string()),
});
const tangSchema = z.object({
  content: z.array(z.object({ type: z.string(), content: z.array(tangPoemSchema) })),
});

/** 唐诗三百首, the edition with the readings every school child knows. */
export async function tangPoems(log: IrregularityLog): Promise<DraftChapter[]> {
  log.note(
    '另一版本未采用',
    'quantangshi/唐诗三百首.json：366 首，按标签辑成，多有重出，文字从《全唐诗》',
  );
  const { content } = await readPackageFile('mengxue/tangshisanbaishou.json', tangSchema);
  return content.flatMap(({ type, content: poems }) =>
    poems.map(({ chapter, subchapter, author, paragraphs }): DraftChapter => {
      const title = fullTitle(chapter.trim(), subchapter ?? '');
      if (title !== chapter.trim()) log.note('标题被截断，取全题', `${chapter} → ${title}`);
      const name = author.trim();
      return {
        title,
        author: name,
        dynasty: '唐',
        form: 'verse',
        paragraphs,
        distinctions: [name, type],
      };
    }),
  );
}

/** Long titles are cut off in `chapter`; `subchapter` has the whole one, at times among variants. */
function fullTitle(title: string, variants: string): string {
  const longer = variants
    .split('/')
    .map((variant) => variant.trim())
    .find((variant) => variant.startsWith(title) && !/首·其/u.test(variant));
  return longer ?? title;
}

const nestedSchema = z.object({ subchapter: z.string(), paragraphs: z.array(z.string()) });
const collectedPoemSchema = z.object({
  chapter: z.string(),
  author: z.string(),
  paragraphs: z.union([z.array(z.string()), z.array(nestedSchema)]),
});
const thousandSchema = z.object({
  content: z.array(z.object({ type: z.string(), content: z.array(collectedPoemSchema) })),
});
type CollectedPoem = z.infer<typeof collectedPoemSchema>;

/** Masters the package puts into a dynasty that was not theirs. */
const DYNASTIES = new Map([
  ['韓愈', '唐'],
  ['謝枋得', '宋'],
  ['王駕', '唐'],
]);

/** 千家诗: 「（唐）孟浩然」 tells dynasty and author; a set of poems becomes one chapter a poem. */
export async function poemsOfThousandMasters(log: IrregularityLog): Promise<DraftChapter[]> {
  const { content } = await readPackageFile('mengxue/qianjiashi.json', thousandSchema);
  return content.flatMap(({ type, content: poems }) =>
    poems.flatMap((poem) => toPoems(poem, type, log)),
  );
}

function toPoems(poem: CollectedPoem, type: string, log: IrregularityLog): DraftChapter[] {
  const [, dynasty, author] = /^(?:（(.+?)）)?(.+)$/u.exec(poem.author.trim()) ?? [];
  const name = author ?? poem.author;
  const actual = DYNASTIES.get(name) ?? dynasty ?? null;
  if (dynasty !== undefined && actual !== dynasty) {
    log.note('作者朝代有误，已正', `${poem.author} → ${actual}`);
  }
  const shared = {
    author: name,
    dynasty: actual,
    form: 'verse' as const,
    distinctions: [name, type],
  };
  const title = poem.chapter.trim();
  const whole: string[] = [];
  const parts: DraftChapter[] = [];
  for (const paragraph of poem.paragraphs) {
    if (typeof paragraph === 'string') whole.push(paragraph);
    else {
      const { subchapter, paragraphs } = paragraph;
      parts.push({ ...shared, title: `${title}·${subchapter}`, paragraphs });
    }
  }
  return parts.length > 0 ? parts : [{ ...shared, title, paragraphs: whole }];
}
