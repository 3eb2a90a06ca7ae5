import { formatFen, formatMillionths, formatTokens } from '../../billing/amounts.ts';
import { strings } from '../../strings.ts';
import type { Usage } from './usage-series.ts';

const words = strings.overview;

interface UsageTableProps {
  series: Usage[];
  nameOf(day: string): string;
}

export function UsageTable({ series, nameOf }: UsageTableProps) {
  return (
    <div className="wide-table">
      <table className="figures">
        <thead>
          <tr>
            <th scope="col">{words.day}</th>
            <th scope="col">{words.requests}</th>
            <th scope="col">{words.cost}</th>
            <th scope="col">{words.provider}</th>
            <th scope="col">{words.income}</th>
          </tr>
        </thead>
        <tbody>
          {series.map((usage) => (
            <tr key={usage.key}>
              <th scope="row">{nameOf(usage.key)}</th>
              <td>{formatTokens(usage.requests)}</td>
              <td>{formatTokens(usage.cost)}</td>
              <td>{providerOf(usage)}</td>
              <td>{formatFen(usage.revenueFen)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** 「¥1.20」, or several currencies side by side. */
export function providerOf({ provider }: Pick<Usage, 'provider'>): string {
  const parts = Object.entries(provider).filter(([, amount]) => amount > 0);
  return parts.map(([currency, amount]) => formatMillionths(amount, currency)).join(' + ') || '—';
}
