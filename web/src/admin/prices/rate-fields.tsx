import { useId } from 'react';
import { faultOf } from '../../form/field-fault.ts';
import { strings } from '../../strings.ts';
import { type PriceDraft, RATE_LINES, type RateKind } from './price-draft.ts';

const words = strings.adminPrices;

interface RateFieldsProps {
  legend: string;
  /** Side by side. */
  kinds: readonly RateKind[];
  draft: PriceDraft;
  error: unknown;
  onChange(draft: PriceDraft): void;
}

/** Rates as a small table of fields: what is read and written down, the times of day across. */
export function RateFields({ legend, kinds, draft, error, onChange }: RateFieldsProps) {
  const noteId = useId();
  const faults = kinds.flatMap((kind) =>
    RATE_LINES.flatMap((line) => {
      const fault = faultOf(error, `${kind}.${line}`);
      return fault === null ? [] : [`${words[kind]} · ${words.lines[line]}：${fault}`];
    }),
  );
  return (
    <fieldset className="rate-fields">
      <legend>{legend}</legend>
      <span />
      {kinds.map((kind) => (
        <span key={kind} className="rate-kind" aria-hidden="true">
          {words[kind]}
        </span>
      ))}
      {RATE_LINES.map((line) => [
        <span key={line} className="rate-line" aria-hidden="true">
          {words.lines[line]}
        </span>,
        ...kinds.map((kind) => {
          const name = `${kind}.${line}` as const;
          return (
            <input
              key={name}
              name={name}
              inputMode="decimal"
              autoComplete="off"
              aria-label={`${words[kind]} · ${words.lines[line]}`}
              aria-invalid={faultOf(error, name) !== null}
              aria-describedby={faults.length > 0 ? noteId : undefined}
              value={draft[name]}
              onChange={(event) => onChange({ ...draft, [name]: event.target.value })}
            />
          );
        }),
      ])}
      {faults.length > 0 && (
        <p id={noteId} className="field-fault">
          {faults.join('；')}
        </p>
      )}
    </fieldset>
  );
}
