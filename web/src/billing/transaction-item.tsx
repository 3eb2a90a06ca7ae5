import { Link } from 'wouter';
import type { Transaction } from '../api/billing-types.ts';
import { strings } from '../strings.ts';
import { formatSigned, formatTokens } from './amounts.ts';
import { beijingTime } from './beijing-time.ts';

const words = strings.transactions;

export function TransactionItem({ transaction }: { transaction: Transaction }) {
  const { type, amount, reason, createdAt, sessionId } = transaction;
  const when = beijingTime(createdAt);
  const kind = words.types[type] ?? type;
  return (
    <li className="entry transaction">
      <div className="entry-text">
        <p>
          {reason || kind}
          {reason !== kind && <span className="tag tag-good">{kind}</span>}
        </p>
        <p className="fine-print">
          <time dateTime={createdAt}>{when}</time>
          {sessionId && (
            <Link href={`/s/${sessionId}`} className="text-link" aria-label={words.openOf(when)}>
              {words.open}
            </Link>
          )}
        </p>
      </div>
      <p className="transaction-amount">
        <span className={amount > 0 ? 'amount amount-in' : 'amount'}>{formatSigned(amount)}</span>
        <span className="fine-print">{words.after(formatTokens(transaction.balanceAfter))}</span>
      </p>
    </li>
  );
}
