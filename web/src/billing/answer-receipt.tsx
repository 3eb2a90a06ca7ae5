import type { Usage } from '../api/billing-types.ts';
import { strings } from '../strings.ts';
import { formatThousandths, formatTokens } from './amounts.ts';
import { type Receipt, receiptOf } from './receipt.ts';

const words = strings.receipt;

/** What an answer cost, in a quiet line; opened, how that came about. */
export function AnswerReceipt({ usage }: { usage: Usage }) {
  const receipt = receiptOf(usage);
  if (receipt === null) {
    return (
      <p className="fine-print">{usage.model === 'offline' ? words.offline : words.freeModel}</p>
    );
  }
  if (receipt.cost === 0) return <p className="fine-print">{words.nothing}</p>;
  return (
    <details className="receipt">
      <summary className="fine-print">{words.used(formatTokens(receipt.cost))}</summary>
      <div className="receipt-slip">
        <p className="receipt-model">
          <span>{usage.model}</span>
          {usage.peak !== undefined && (
            <span className="tag">{usage.peak ? words.peak : words.offPeak}</span>
          )}
        </p>
        {receipt.lines.length > 0 && <ReceiptTable receipt={receipt} />}
        <p className="receipt-note">
          {receipt.capped ? words.capped : receipt.lines.length > 0 ? words.rounded : words.noRates}
        </p>
      </div>
    </details>
  );
}

function ReceiptTable({ receipt }: { receipt: Receipt }) {
  return (
    <table className="figures">
      <thead>
        <tr>
          <th scope="col">{words.item}</th>
          <th scope="col">{words.count}</th>
          <th scope="col">{words.rate}</th>
          <th scope="col">{words.sum}</th>
        </tr>
      </thead>
      <tbody>
        {receipt.lines.map(({ what, count, rate, sum }) => (
          <tr key={what}>
            <th scope="row">
              {words.lines[what]}
              {what === 'written' && receipt.reasoning > 0 && (
                <span className="receipt-aside">
                  {words.reasoning(formatTokens(receipt.reasoning))}
                </span>
              )}
            </th>
            <td>{formatTokens(count)}</td>
            <td>× {formatThousandths(rate)}</td>
            <td>{formatThousandths(sum)}</td>
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <th scope="row" colSpan={3}>
            {words.total}
          </th>
          <td>{formatTokens(receipt.cost)}</td>
        </tr>
      </tfoot>
    </table>
  );
}
