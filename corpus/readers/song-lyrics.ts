import { z } from 'zod';
import type { IrregularityLog } from '../irregularities.ts';
import { readPackageFile } from '../package-file.ts';
import type { DraftChapter } from '../unique-titles.ts';
import { firstClause } from './collected-poems.ts';

const lyricSchema = z.object({
  author: z.string(),
  rhythmic: z.string(),
  paragraphs: z.array(z.string()),
});

/** Names that lost their rarest character on the way into the package. */
const DAMAGED_NAMES = new Map([
  ['韩', '韩疁'],
  ['赵令', '赵令畤'],
  ['张', '张镃'],
]);

/** … and so did a tune. */
const DAMAGED_TUNES = new Map([['大', '大酺']]);

/** The same lyric under two names; the name it is now given to stays. */
const MISATTRIBUTED = new Map([
  ['清平乐·留春不住', '王安石'],
  ['点绛唇·新月娟娟', '苏过'],
]);

/** 宋词三百首: a lyric is cited by its tune and first words, 「水调歌头·明月几时有」. */
export async function songLyrics(log: IrregularityLog): Promise<DraftChapter[]> {
  const records = await readPackageFile('songci/宋词三百首.json', z.array(lyricSchema));
  return records.flatMap(({ author, rhythmic, paragraphs }) => {
    const tune = mend(rhythmic.trim(), DAMAGED_TUNES, log);
    const name = mend(author.trim(), DAMAGED_NAMES, log);
    const title = `${tune}·${firstClause(paragraphs)}`;
    if (MISATTRIBUTED.get(title) === author) {
      log.note('同一首词重出于另一作者', `${title}（${author}）`);
      return [];
    }
    return [
      {
        title,
        author: name,
        dynasty: '宋',
        form: 'verse',
        paragraphs,
        distinctions: [name],
      },
    ];
  });
}

function mend(text: string, table: Map<string, string>, log: IrregularityLog): string {
  const whole = table.get(text);
  if (whole !== undefined) log.note('作者名、词牌缺字，据通行本补', `${text} → ${whole}`);
  return whole ?? text;
}
