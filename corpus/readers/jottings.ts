import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import { chineseNumeral, type DraftChapter } from '../unique-titles.ts';

const jottingSchema = z.object({
  content: z.string(),
  comment: z.union([z.array(z.string()), z.string()]).optional(),
});

/** 幽梦影: one chapter an entry, by number; what friends wrote under it is not 张潮's text. */
export async function dreamShadows(log: IrregularityLog): Promise<DraftChapter[]> {
  const records = await readPackageFile('youmengying/youmengying.json', z.array(jottingSchema));
  return records.map(({ content, comment }, index) => {
    for (const remark of [comment ?? []].flat()) {
      if (remark.trim() !== '') log.note('友人评语，非正文', remark);
    }
    if (content.includes('##')) log.note('以 ## 标记的分段', content);
    return {
      title: `第${chineseNumeral(index + 1)}则`,
      author: '张潮',
      dynasty: '清',
      form: 'sayings',
      paragraphs: content.split('##'),
      distinctions: [],
    };
  });
}
