import type { Package } from '../api/billing-types.ts';
import { strings } from '../strings.ts';
import { formatTokens } from './amounts.ts';

const words = strings.recharge;

export function PackageWords({ one }: { one: Package }) {
  return (
    <span className="package-words">
      <strong>{one.title}</strong>
      <span>{words.tokens(formatTokens(one.tokens))}</span>
      {one.plan !== null && one.planDays !== null && (
        <span className="package-plan">{words.plan(one.planDays)}</span>
      )}
    </span>
  );
}
