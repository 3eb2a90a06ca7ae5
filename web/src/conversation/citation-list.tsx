import type { Citation, Message } from '../api/types.ts';
import { useReader } from '../reader/use-reader.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';
import { citedNumbers } from './annotate-text.ts';
import { bylineOf, firstWords, sourceOf } from './source-name.ts';

const words = strings.citations;
const FIRST_WORDS = 34;

/** 「出处」: the passages the answer points at, and, folded, those it was offered besides. */
export function CitationList({ message }: { message: Message }) {
  const { citations, content } = message;
  const cited = new Set(citedNumbers(content, new Set(citations.map(({ n }) => n))));
  const used = citations.filter(({ n }) => cited.has(n));
  const others = citations.filter(({ n }) => !cited.has(n));
  if (citations.length === 0) return null;
  return (
    <section className="citations" aria-label={words.title}>
      {used.length > 0 && (
        <>
          <h3 className="quiet-heading">{words.title}</h3>
          <CitationItems citations={used} />
        </>
      )}
      {others.length > 0 && (
        <details>
          <summary className="fine-print">{words.others(others.length)}</summary>
          <CitationItems citations={others} />
        </details>
      )}
    </section>
  );
}

function CitationItems({ citations }: { citations: Citation[] }) {
  const reader = useReader();
  const convert = useConvert();
  return (
    <ol className="citation-items">
      {citations.map((citation) => (
        <li key={citation.n}>
          <button
            type="button"
            aria-haspopup="dialog"
            onClick={() => reader.open(citation.passageId)}
          >
            <span className="citation-n">{citation.n}</span>
            <span className="citation-source">
              <strong>{convert(sourceOf(citation))}</strong>
              <span className="fine-print">{convert(bylineOf(citation))}</span>
            </span>
            <span className="citation-words">
              {convert(firstWords(citation.text, FIRST_WORDS))}
            </span>
          </button>
        </li>
      ))}
    </ol>
  );
}
