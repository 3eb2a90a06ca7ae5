import { type ReactNode, useId } from 'react';
import { withChoice } from '../admin/list-query.ts';
import { Choice } from '../form/choice.tsx';
import { strings } from '../strings.ts';
import { daysOf } from './period.ts';

const words = strings.transactions;
const ALL = { '': strings.admin.all };

interface TransactionFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
  /** What else stands in the row. */
  children: ReactNode;
}

export function TransactionFilters({ address, onChange, children }: TransactionFiltersProps) {
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  return (
    <div className="transaction-filters">
      <fieldset>
        <legend className="sr-only">{strings.admin.filter}</legend>
        <Choice label={words.type} options={{ ...ALL, ...words.types }} {...choice('type')} />
        <Choice label={words.period} options={{ ...ALL, ...words.periods }} {...choice('period')} />
      </fieldset>
      {address.get('period') === 'own' && (
        <div className="own-period">
          <DayField label={words.from} {...choice('from')} />
          <DayField label={words.to} {...choice('to')} />
        </div>
      )}
      {children}
    </div>
  );
}

function DayField(props: { label: string; value: string; onChoose(value: string): void }) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{props.label}</label>
      <input
        id={id}
        type="date"
        value={props.value}
        max={daysOf('today', new Date()).to}
        onChange={(event) => props.onChoose(event.target.value)}
      />
    </div>
  );
}
