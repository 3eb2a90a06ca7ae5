import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

/** Tells a guest that nothing gets lost. */
export function GuestNote() {
  const { account, sessions } = useServices();
  const { user } = useObservable(account.state);
  const { items, nextCursor } = useObservable(sessions.state);
  if (user?.role !== 'guest') return null;
  const count = nextCursor === null ? items.length : 0;
  return <p className="form-notice">{strings.account.guestCarries(count)}</p>;
}
