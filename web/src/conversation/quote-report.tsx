import type { Quote } from '../api/types.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';
import { MarkedDifference } from './marked-difference.tsx';
import { sourceOf } from './source-name.ts';

const words = strings.quotes;
const VERDICTS = ['exact', 'variant', 'unknown'] as const;

/** How the quotations of an answer fared, and each that is not word for word in the library. */
export function QuoteReport({ quotes }: { quotes: Quote[] }) {
  if (quotes.length === 0) return null;
  const counts = VERDICTS.map((verdict) => ({
    verdict,
    count: quotes.filter((quote) => quote.verdict === verdict).length,
  })).filter(({ count }) => count > 0);
  return (
    <section className="quote-report" aria-label={words.title}>
      <p className="quote-counts">
        <span>{words.title}</span>
        {counts.map(({ verdict, count }) => (
          <span key={verdict} className={`count-${verdict}`}>
            {words.count[verdict]} {count}
          </span>
        ))}
      </p>
      <ul>
        {[...new Map(quotes.map((quote) => [quote.text, quote])).values()]
          .filter(({ verdict }) => verdict !== 'exact')
          .map((quote) => (
            <Doubtful key={quote.text} quote={quote} />
          ))}
      </ul>
    </section>
  );
}

function Doubtful({ quote }: { quote: Quote }) {
  const convert = useConvert();
  const { text, verdict, found } = quote;
  return (
    <li className={`doubtful-${verdict}`}>
      <span className="classical">「{convert(text)}」</span>{' '}
      {verdict === 'variant' ? words.variant : words.unknown}
      {verdict === 'variant' && found && (
        <>
          ：{words.found.before}
          <MarkedDifference text={convert(found)} from={convert(text)} />
          {words.found.after}
        </>
      )}
      {convert(sourceOf(quote))}
    </li>
  );
}
