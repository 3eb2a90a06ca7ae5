const NUMERAL = '[〇零○一二三四五六七八九十百千两兩廿卅0-9０-９上中下]';
/** What ends a sentence or goes on after a pause: no heading ends with it. */
const ENDS_LIKE_TEXT = /[。！？；，、：,.;:!?”」』]$/u;
const LONGEST_HEADING = 40;
const LONGEST_TITLE = 80;

/** How far down a heading stands: 1 is a 卷, 2 a 篇, 3 a 回 or 章, 4 a 节. */
export interface FoundHeading {
  title: string;
  level: number;
  /** A preface, an appendix: what comes after it stands beside it, however deep. */
  alone?: boolean;
}

const LEVELS: [RegExp, number][] = [
  [new RegExp(`^第${NUMERAL}+[卷部编編集辑輯冊册](?:[\\s　·:：、]|$)`, 'u'), 1],
  [new RegExp(`^卷[之第]?\\s?${NUMERAL}+(?:[\\s　·:：、]|$)`, 'u'), 1],
  [new RegExp(`^第${NUMERAL}+[篇品则則](?:[\\s　·:：、]|$)`, 'u'), 2],
  [new RegExp(`^[^\\s。，；：]{1,12}第${NUMERAL}+$`, 'u'), 2],
  [new RegExp(`^第${NUMERAL}+[章回折出齣](?:[\\s　·:：、]|$)`, 'u'), 3],
  [new RegExp(`^第${NUMERAL}+[节節](?:[\\s　·:：、]|$)`, 'u'), 4],
  [new RegExp(`^[（(【〔［[]?其?${NUMERAL}{1,4}[）)】〕］\\]]?[.．、]?$`, 'u'), 4],
  [/^【[^【】]{1,24}】$/u, 3],
  [/^《[^《》]{1,24}》$/u, 3],
];

/** What books have before, between and after their chapters. */
const BESIDE_CHAPTERS = new RegExp(
  `^(?:[自原新旧舊后後总總大小代]?[序叙敘跋]${NUMERAL}?|[序叙敘][言文]|[前引弁例緒绪导導]言|凡例|小?引|[引楔]子|引首|` +
    '题[记辞词]|題[記辭詞]|[缘緣]起|尾[声聲]|[后後][记記]|结语|結語|' +
    `附[录錄]${NUMERAL}{0,2}(?:[\\s　:：].{1,24})?|[总總]?目[录錄次]|[总總]目)$`,
  'u',
);
const CHAPTER = 3;
const LONGEST_SPACED = 6;

/** What is longer is text, however it may be marked. */
export function isTitleLike(text: string): boolean {
  return text.length <= LONGEST_TITLE;
}

/** A line that by its own words is a heading. */
export function explicitHeading(line: string): FoundHeading | null {
  if (!isTitleLike(line)) return null;
  const markdown = /^(#{1,6})\s+(.+?)\s*#*$/u.exec(line);
  if (markdown?.[1] && markdown[2]) return { title: markdown[2], level: markdown[1].length };
  if (line.length > LONGEST_HEADING || ENDS_LIKE_TEXT.test(line)) return null;
  const title = withoutBrackets(line);
  // 「序　言」: short words are set apart.
  const joined = title.length <= LONGEST_SPACED ? title.replace(/\s/gu, '') : title;
  const beside = [title, joined].find((name) => BESIDE_CHAPTERS.test(name));
  if (beside) return { title: beside, level: CHAPTER, alone: true };
  for (const [pattern, level] of LEVELS) {
    if (pattern.test(line)) return { title, level };
  }
  return null;
}

/** Short and bare of punctuation: a heading, or a name, if it also stands apart. */
export function couldBeHeading(line: string): boolean {
  return line.length <= 16 && /\p{Script=Han}/u.test(line) && !/[。！？；，、：,;:!?…]/u.test(line);
}

export function hasPunctuation(line: string): boolean {
  return /[。！？；，、：,;:!?]/u.test(line);
}

function withoutBrackets(line: string): string {
  return line
    .replace(/^[【《](.+)[】》]$/u, '$1')
    .replace(/[\s　]+/gu, ' ')
    .trim();
}

/** Times as they stand before the name of an author. */
export const DYNASTY =
  /^(?:先秦|[东東西]?周|春秋|[战戰][国國]|[前后後]?秦|[东東西两兩]?[汉漢]|三[国國]|[曹北东東西]?魏|蜀[汉漢]?|[东東孙孫]?[吴吳]|[东東西两兩]?[晋晉]|南北朝|[南北]朝|[刘劉]?宋|[南北]?[齐齊]|[后後]?[梁唐蜀]|[陈陳]|北周|隋|五代|南唐|[南北两兩]宋|[辽遼]|金|元|明|清|[近现現当當]|民[国國])$/u;

/** 「李白」, 「唐·李白」, 「[唐] 李白」, 「作者：李白」: a name under a title. */
export function readByline(line: string): { author: string; dynasty: string | null } | null {
  const bare = line.replace(/^(?:作者|撰者|著者)\s*[:：]\s*/u, '').trim();
  const withDynasty =
    /^[[［〔【（(]?\s*(\p{Script=Han}{1,3}?)代?\s*[\]］〕】）)·・\s:：]+\s*(\p{Script=Han}{2,5})\s*[著撰作]?$/u.exec(
      bare,
    );
  if (withDynasty?.[1] && withDynasty[2]) {
    return { author: withDynasty[2], dynasty: withDynasty[1] };
  }
  const name = /^(\p{Script=Han}{2,4})\s*[著撰]?$/u.exec(bare)?.[1];
  return name === undefined ? null : { author: name, dynasty: null };
}
