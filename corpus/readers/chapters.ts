import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import type { Form } from '../source-work.ts';
import type { DraftChapter } from '../unique-titles.ts';

/** What all chapters of a work by one hand share. */
export interface ChapterDefaults {
  form: Form;
  author: string | null;
  dynasty: string | null;
}

const chapterSchema = z.object({ chapter: z.string(), paragraphs: z.array(z.string()) });
type ChapterRecord = z.infer<typeof chapterSchema>;

const volumesSchema = z.object({
  content: z.array(z.object({ title: z.string(), content: z.array(chapterSchema) })),
});

/** `[{chapter, paragraphs}]`: 论语, 孟子. */
export function chapterList(path: string, defaults: ChapterDefaults) {
  return async () => {
    const records = await readPackageFile(path, z.array(chapterSchema));
    return records.map((record) => toDraft(record.chapter, record, defaults));
  };
}

/** `{content: [{chapter, paragraphs}]}`: 弟子规, 增广贤文. */
export function chaptersOfContent(path: string, defaults: ChapterDefaults) {
  return async () => {
    const { content } = await readPackageFile(path, z.object({ content: z.array(chapterSchema) }));
    return content.map((record) => toDraft(record.chapter, record, defaults));
  };
}

/** `{content: [{title, content: [{chapter, paragraphs}]}]}`: 幼学琼林, 声律启蒙. */
export function chaptersOfVolumes(path: string, defaults: ChapterDefaults) {
  return async () => {
    const { content } = await readPackageFile(path, volumesSchema);
    return content.flatMap((volume) =>
      volume.content.map((record) => {
        const chapter = record.chapter.replace(/\s+/gu, '');
        return toDraft(`${volume.title}·${chapter}`, record, defaults);
      }),
    );
  };
}

/** `{paragraphs}`: 大学, 三字经 and other texts without chapters; their one chapter is named after them. */
export function singleText(path: string, defaults: ChapterDefaults) {
  return async (_log: IrregularityLog, workTitle: string) => {
    const record = await readPackageFile(path, z.object({ paragraphs: z.array(z.string()) }));
    return [toDraft(workTitle, record, defaults)];
  };
}

function toDraft(
  title: string,
  record: Pick<ChapterRecord, 'paragraphs'>,
  defaults: ChapterDefaults,
): DraftChapter {
  return { title: title.trim(), ...defaults, paragraphs: record.paragraphs, distinctions: [] };
}
