/**
 * Double marks, 「」『』“”, are for the words of the classics, which are checked. What is told stands in
 * ‘ ’, and what is quoted inside that in 〝 〞. A text may begin or end in the middle of a quotation, so
 * the kind of a mark says how deep it stands, not a count; a ’ without a partner may be an apostrophe.
 */
export function inOwnWords(text: string): string {
  const first = /[“”「」]/u.exec(text)?.[0];
  const outer = first === undefined ? '『』' : '“”'.includes(first) ? '“”' : '「」';
  const stands = (mark: string, outside: string, inside: string) =>
    outer.includes(mark) ? outside : inside;
  return text
    .replaceAll(/‘([^‘’]*)’/gu, '『$1』')
    .replaceAll(/[“「『]/gu, (mark) => stands(mark, '‘', '〝'))
    .replaceAll(/[”」』]/gu, (mark) => stands(mark, '’', '〞'));
}
