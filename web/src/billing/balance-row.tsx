import { Link } from 'wouter';
import { ProfileRow } from '../profile/profile-section.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { formatTokens } from './amounts.ts';

const words = strings.balance;

/** The balance in the profile, and the way to where it is told in full. */
export function BalanceRow() {
  const { account } = useServices();
  const { balance } = useObservable(account.state);
  return (
    <ProfileRow
      label={words.rowLabel}
      action={
        <Link href="/account/balance" className="button button-small">
          {words.detail}
        </Link>
      }
    >
      <span className="balance-inline">
        {balance ? words.tokens(formatTokens(balance.available)) : '—'}
      </span>
    </ProfileRow>
  );
}
