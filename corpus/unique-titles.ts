import type { SourceChapter } from './source-work.ts';

export interface DraftChapter extends SourceChapter {
  /** What tells this chapter from another of the same title, best first: its author, its section. */
  distinctions: string[];
}

/** Chapters with titles unique in the work: 「春怨（金昌緒）」 where two poems are called 「春怨」. */
export function withUniqueTitles(drafts: DraftChapter[]): SourceChapter[] {
  const namesakes = new Map<string, DraftChapter[]>();
  for (const draft of drafts) {
    namesakes.set(draft.title, [...(namesakes.get(draft.title) ?? []), draft]);
  }
  return drafts.map((draft) => {
    const { distinctions: _, ...chapter } = draft;
    const group = namesakes.get(draft.title) ?? [];
    if (group.length < 2) return chapter;
    return { ...chapter, title: draft.title + distinguish(draft, group) };
  });
}

function distinguish(draft: DraftChapter, group: DraftChapter[]): string {
  for (const [kind, distinction] of draft.distinctions.entries()) {
    const others = new Set(group.map((member) => member.distinctions[kind]));
    if (others.size === group.length) return `（${distinction}）`;
  }
  return `·其${chineseNumeral(group.indexOf(draft) + 1)}`;
}

const DIGITS = ['', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/** 1 to 999 as it is written in the number of a chapter: 一, 十二, 一百零三, 二百一十九. */
export function chineseNumeral(value: number): string {
  const hundreds = Math.floor(value / 100);
  const tens = Math.floor(value / 10) % 10;
  const ones = value % 10;
  let numeral = hundreds > 0 ? `${DIGITS[hundreds]}百` : '';
  if (tens > 0) numeral += `${tens === 1 && hundreds === 0 ? '' : DIGITS[tens]}十`;
  else if (hundreds > 0 && ones > 0) numeral += '零';
  return numeral + (DIGITS[ones] ?? '');
}
