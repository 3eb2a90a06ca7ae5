import type { IrregularityLog } from './irregularities.ts';

interface Removal {
  reason: string;
  pattern: RegExp;
}

/**
 * What clearly is not the author's: notes of an editor or of the site a text was taken from, and what
 * copying left behind. Brackets that may be the author's own stay. Nothing here rewrites a character.
 */
const REMOVALS: Removal[] = [
  { reason: '网页残留', pattern: /<\/?[a-z][^>]*>|&(?:nbsp|amp|lt|gt|quot);/giu },
  { reason: '零宽与控制字符', pattern: /[\u200b-\u200f\u2060\ufeff\p{Cc}]/gu },
  {
    reason: '异文、通假注',
    pattern: /\s*[（(][^（）()]*(?:一作|又作|或作|通\s*[：: ])[^（）()]*[）)]/gu,
  },
  { reason: '异文、通假注', pattern: /\[通[^[\]]*\]/gu },
  { reason: '异文、通假注', pattern: /\d+\.\s*\p{Script=Han}+\s*[:：]\s*或作.*$/gu },
  { reason: '注音', pattern: /\s*[（(][\s\p{Script=Latin}]+[）)]/gu },
  { reason: '注码', pattern: /[\u2460-\u249b]|(?<=\p{Script=Han})\d+(?=\p{Script=Han})/gu },
  { reason: '空括号', pattern: /[（(]\s*[）)]/gu },
  { reason: '释义、出处注', pattern: /[（(](?:地名|[選选]自[^（）()]*)[）)]/gu },
  { reason: '混入的今译', pattern: /^漢昭帝逝世，昌邑王劉賀被廢黜.*$/gu },
];

/** A note broken over paragraphs closes within so many of them, or its bracket is no note. */
const LONGEST_BROKEN_NOTE = 6;

/** Removes notes and remnants, trims, drops what is empty then, and counts each of these. */
export function cleanParagraphs(paragraphs: string[], log: IrregularityLog): string[] {
  const cleaned: string[] = [];
  for (const paragraph of joinBrokenNotes(paragraphs, log)) {
    const text = removeNotes(paragraph, log).trim();
    if (text !== '') cleaned.push(text);
    else if (paragraph.trim() === '') log.note('空段', '');
  }
  return cleaned;
}

function removeNotes(paragraph: string, log: IrregularityLog): string {
  let text = paragraph;
  for (const { reason, pattern } of REMOVALS) {
    text = text.replace(pattern, (removed) => {
      log.note(reason, removed);
      return '';
    });
  }
  return text;
}

function joinBrokenNotes(paragraphs: string[], log: IrregularityLog): string[] {
  const joined: string[] = [];
  for (let index = 0; index < paragraphs.length; index += 1) {
    const end = opensNote(paragraphs[index] ?? '') ? endOfNote(paragraphs, index) : index;
    const text = paragraphs.slice(index, end + 1).join(end > index ? ' ' : '');
    if (end > index) log.note('断成数段的注', text.slice(-40));
    joined.push(text);
    index = end;
  }
  return joined;
}

function opensNote(paragraph: string): boolean {
  return /[（(][^（）()]*$/u.test(paragraph);
}

function endOfNote(paragraphs: string[], start: number): number {
  for (let end = start + 1; end <= start + LONGEST_BROKEN_NOTE; end += 1) {
    const paragraph = paragraphs[end];
    if (paragraph === undefined || opensNote(paragraph)) return start;
    if (/[）)]/u.test(paragraph)) return end;
  }
  return start;
}
