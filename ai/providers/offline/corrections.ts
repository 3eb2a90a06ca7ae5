import { quotationsIn } from '../../quotes.ts';
import { QuotationIndex } from '../../rag/quotation-index.ts';
import { phrases } from './phrases.ts';
import { type QuotedPassage, quote } from './quoted-passages.ts';

/** What the learner quotes otherwise than the book has it, a sentence each: the slip is told first. */
export function correctionsOf(question: string, quoted: readonly QuotedPassage[]): string[] {
  const index = new QuotationIndex();
  for (const { passage } of quoted) index.put(passage.id, [passage]);
  return quotationsIn(question).flatMap((text) => {
    const match = index.findExact(text) ?? index.findNearest(text);
    const source = quoted.find(({ passage }) => passage === match?.passage);
    if (!match || !source || match.distance === 0) return [];
    return [phrases.otherwise(quote(text), `${quote(match.found)}[${source.n}]`)];
  });
}
