import type { Message } from '../api/types.ts';
import type { Convert } from '../script/classical-script.ts';
import { strings } from '../strings.ts';
import { citedNumbers } from './annotate-text.ts';
import { bylineOf, sourceOf } from './source-name.ts';

const words = strings.copied;

/** Markdown as one would type it into a message to somebody. */
function plain(markdown: string, numbers: ReadonlySet<number>): string {
  return markdown
    .replace(/^#{1,6}\s+/gm, '')
    .replace(/^>\s?/gm, '')
    .replace(/(\*\*|__)(?=\S)(.+?)(?<=\S)\1/g, '$2')
    .replace(/\[(\d{1,2})\]/g, (marker, n: string) => (numbers.has(Number(n)) ? marker : ''))
    .trim();
}

/** An answer to take elsewhere: with its sources, and with the mark of what has written it. */
export function answerAsText(message: Message, convert: Convert): string {
  const { citations, content } = message;
  const cited = citedNumbers(content, new Set(citations.map(({ n }) => n)));
  const sources = cited
    .map((number) => citations.find(({ n }) => n === number))
    .filter((citation) => citation !== undefined)
    .map((citation) => {
      const parts = [sourceOf(citation), bylineOf(citation)].filter(Boolean).join(' ');
      return `[${citation.n}] ${convert(parts)}：${convert(citation.text.replace(/\s+/g, ''))}`;
    });
  return [
    convert(plain(content, new Set(cited))),
    ...(sources.length > 0 ? [[words.sources, ...sources].join('\n')] : []),
    words.mark(strings.brand),
  ].join('\n\n');
}
