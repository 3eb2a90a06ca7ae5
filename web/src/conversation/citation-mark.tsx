import type { Citation } from '../api/types.ts';
import { useReader } from '../reader/use-reader.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';
import { sourceOf } from './source-name.ts';

/** A number in the text that opens the passage it stands for. */
export function CitationMark({ citation }: { citation: Citation }) {
  const reader = useReader();
  const convert = useConvert();
  const source = convert(sourceOf(citation));
  return (
    <sup className="citation-mark">
      <button
        type="button"
        title={source}
        aria-label={strings.citations.open(citation.n, source)}
        aria-haspopup="dialog"
        onClick={() => reader.open(citation.passageId)}
      >
        {citation.n}
      </button>
    </sup>
  );
}
