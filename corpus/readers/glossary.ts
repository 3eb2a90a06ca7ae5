import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import type { DraftChapter } from '../unique-titles.ts';

const glossarySchema = z.object({
  preface: z.array(z.string()),
  content: z.array(z.object({ title: z.string(), paragraphs: z.array(z.string()) })),
});

const VOLUMES = new Map([
  ['卷一', '卷一·象形'],
  ['卷二', '卷二·指事'],
  ['卷三', '卷三·會意'],
  ['卷四', '卷四·形聲'],
]);

/** 文字蒙求: a word and its gloss by turns; ● stands where the book draws the seal form. */
export async function primerOfCharacters(log: IrregularityLog): Promise<DraftChapter[]> {
  const { preface, content } = await readPackageFile('mengxue/wenzimengqiu.json', glossarySchema);
  for (const page of preface) log.note('自序未断句且按页截断，未收', page);
  return content.map(({ title, paragraphs }) => ({
    title: VOLUMES.get(title) ?? title,
    author: '王筠',
    dynasty: '清',
    form: 'primer',
    paragraphs: mendLines(paragraphs, log),
    distinctions: [],
  }));
}

/** A seal form that slipped to a line of its own goes back to its word. */
function mendLines(paragraphs: string[], log: IrregularityLog): string[] {
  const lines: string[] = [];
  for (const paragraph of paragraphs) {
    const last = lines.at(-1);
    if (/^●+$/u.test(paragraph.trim()) && last !== undefined && !last.endsWith('。')) {
      log.note('字头与篆形分行', last + paragraph);
      lines[lines.length - 1] = last + paragraph;
    } else lines.push(paragraph);
  }
  return lines;
}
