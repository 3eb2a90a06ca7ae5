import { useId } from 'react';
import type { Amount } from '../api/billing-types.ts';
import { strings } from '../strings.ts';
import { formatTokens, shareOf } from './amounts.ts';

const words = strings.balance;

interface QuotaBarProps {
  label: string;
  amount: Amount;
  /** Being full is no trouble. */
  plain?: boolean;
}

/** A quiet bar that fills up; how much is also written beside it. */
export function QuotaBar({ label, amount, plain = false }: QuotaBarProps) {
  const id = useId();
  const { used, limit } = amount;
  const share = shareOf(amount);
  const said = words.of(formatTokens(used), formatTokens(limit));
  return (
    <div className="quota">
      <span id={id} className="quota-label">
        {label}
      </span>
      <span className="quota-said" aria-hidden="true">
        {said}
        {!plain && share >= 1 && <span className="tag tag-bad">{words.usedUp}</span>}
      </span>
      <meter
        className={!plain && share >= 0.9 ? 'quota-bar quota-bar-full' : 'quota-bar'}
        aria-labelledby={id}
        aria-valuetext={said}
        max={1}
        value={share}
      />
    </div>
  );
}
