import { formatTokens } from '../../billing/amounts.ts';
import { strings } from '../../strings.ts';
import type { Measure, Usage } from './usage-series.ts';
import { providerOf } from './usage-table.tsx';

const words = strings.overview;

/** A line for each model, and how it compares with the one that is used most. */
export function ModelBars({ series, measure }: { series: Usage[]; measure: Measure }) {
  if (series.length === 0) return <p className="fine-print">{words.noUsage}</p>;
  // Money comes in for no model in particular.
  const by = measure === 'requests' ? 'requests' : 'cost';
  const ordered = series.toSorted((one, other) => other[by] - one[by]);
  const most = Math.max(1, ...ordered.map((usage) => usage[by]));
  return (
    <div className="wide-table">
      <table className="figures model-bars">
        <caption>{words.byModel}</caption>
        <thead>
          <tr>
            <th scope="col">{words.model}</th>
            <th scope="col">{words.requests}</th>
            <th scope="col">{words.cost}</th>
            <th scope="col">{words.provider}</th>
          </tr>
        </thead>
        <tbody>
          {ordered.map((usage) => (
            <tr key={usage.key}>
              <th scope="row">
                {usage.key}
                <svg viewBox="0 0 100 1" preserveAspectRatio="none" aria-hidden="true">
                  <rect className="bar" width={(usage[by] / most) * 100} height={1} />
                </svg>
              </th>
              <td>{formatTokens(usage.requests)}</td>
              <td>{formatTokens(usage.cost)}</td>
              <td>{providerOf(usage)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
