const ZERO_WIDTH_SPACE = '\u200b';
const STRONG = /(\*\*|__)(?=\S)([^*_\n]+?)(?<=\S)\1/g;
const OPENS_WITH_MARK = /^\p{P}/u;
const CLOSES_WITH_MARK = /\p{P}$/u;

/**
 * CommonMark takes ** for emphasis only next to spaces or letters, so 是**「学」**也 stays as it is
 * typed. A zero-width space inside the stars makes it emphasis; `annotate-markdown` removes it again.
 */
export function mendEmphasis(markdown: string): string {
  return markdown.replace(STRONG, (_, stars: string, inner: string) => {
    const before = OPENS_WITH_MARK.test(inner) ? ZERO_WIDTH_SPACE : '';
    const after = CLOSES_WITH_MARK.test(inner) ? ZERO_WIDTH_SPACE : '';
    return `${stars}${before}${inner}${after}${stars}`;
  });
}

export function withoutZeroWidth(text: string): string {
  return text.replaceAll(ZERO_WIDTH_SPACE, '');
}

/** While an answer is being written its end may be half a marker, which must not flash up. */
export function withoutHalfMarker(markdown: string): string {
  return markdown.replace(/(\[\d{0,2}|\*{1,2})$/, '');
}

/** The paragraphs that will not change any more, as plain text for a screen reader. */
export function finishedParagraphs(markdown: string, complete: boolean): string[] {
  const paragraphs = markdown.split(/\n{2,}/);
  if (!complete) paragraphs.pop();
  return paragraphs
    .map((paragraph) => paragraph.replace(/\[\d{1,2}\]|^[#>\s-]+|\*+/gm, '').trim())
    .filter((paragraph) => paragraph !== '');
}
