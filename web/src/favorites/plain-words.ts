/** The words of an answer without markers and Markdown, for a line of preview. */
export function plainWords(markdown: string): string {
  return markdown
    .replace(/\[\d{1,2}\]/g, '')
    .replace(/^(#{1,6}|>|[-*]|\d+\.)\s+/gm, '')
    .replace(/\*\*|__/g, '');
}
