import type { Order } from '../api/billing-types.ts';
import type { User } from '../api/types.ts';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { useOnce } from '../state/use-once.ts';
import { strings } from '../strings.ts';
import { formatTokens } from './amounts.ts';

const words = strings.recharge;

/** The moment something has come in: it is stamped, and the balance everywhere is the new one. */
export function CreditedNote({ order, onClose }: { order: Order; onClose(): void }) {
  const { account, client } = useServices();
  const { balance } = useObservable(account.state);
  useOnce(() => {
    void account.refreshBalance();
    // A plan may have come with it.
    client.call<User>('/api/user/profile').then(account.meet, () => undefined);
  });
  return (
    <div className="credited">
      <span className="credited-seal" aria-hidden="true">
        {words.credited}
      </span>
      <div role="status">
        <p className="credited-lead">{words.creditedLead(formatTokens(order.tokens))}</p>
        {order.plan && <p>{words.creditedPlan}</p>}
        {balance && (
          <p className="fine-print">{words.balanceNow(formatTokens(balance.available))}</p>
        )}
      </div>
      <button type="button" className="button button-primary" data-first onClick={onClose}>
        {words.done}
      </button>
    </div>
  );
}
