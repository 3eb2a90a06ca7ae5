import type { ReactNode } from 'react';
import type { Quote } from '../api/types.ts';
import { Popover } from '../layout/popover.tsx';
import { useReader } from '../reader/use-reader.ts';
import { useConvert } from '../script/use-convert.ts';
import { strings } from '../strings.ts';
import { MarkedDifference } from './marked-difference.tsx';
import { sourceOf } from './source-name.ts';

const words = strings.quotes;
const MARK = { exact: '✓', variant: '≠', unknown: '?' } as const;

/** A quotation with what came of comparing it with the library. */
export function QuoteMark({ quote, children }: { quote: Quote; children?: ReactNode }) {
  const { verdict } = quote;
  return (
    <span className={`quote quote-${verdict}`}>
      <span className="quote-text">{children}</span>
      <Popover label={words[verdict]} className="quote-mark" trigger={MARK[verdict]}>
        {(close) => <Verdict quote={quote} onClose={close} />}
      </Popover>
    </span>
  );
}

function Verdict({ quote, onClose }: { quote: Quote; onClose(): void }) {
  const reader = useReader();
  const convert = useConvert();
  const { verdict, found, passageId } = quote;
  const source = convert(sourceOf(quote));
  return (
    <span className="verdict">
      <strong>{words[verdict]}</strong>
      {verdict === 'variant' && found && (
        <span className="classical">
          {words.found.before}
          <MarkedDifference text={convert(found)} from={convert(quote.text)} />
          {words.found.after}
        </span>
      )}
      {verdict === 'unknown' && <span>{words.unknownHint}</span>}
      {source && <span className="fine-print">{source}</span>}
      {passageId && (
        <button
          type="button"
          className="text-button"
          aria-haspopup="dialog"
          onClick={() => {
            onClose();
            reader.open(passageId);
          }}
        >
          {words.openSource}
        </button>
      )}
    </span>
  );
}
