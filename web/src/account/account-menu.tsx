import { useState } from 'react';
import { useLocation } from 'wouter';
import type { User } from '../api/types.ts';
import { Icon } from '../layout/icon.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { Popover } from '../layout/popover.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AccountDialog } from './account-dialog.tsx';
import { formatAmount, nameOf } from './account-name.ts';

const words = strings.account;

/** Signing in for a visitor; name, allowance and the way out for everybody else. */
export function AccountMenu() {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  const [dialog, setDialog] = useState(false);
  // Nobody is a visitor before the server has been heard.
  if (user === null && phase !== 'visitor') return null;
  return (
    <>
      {user === null ? (
        <button type="button" className="account-button" onClick={() => setDialog(true)}>
          {words.signIn}
        </button>
      ) : (
        <Popover
          label={`${words.menu}：${nameOf(user)}`}
          className="account-button"
          trigger={
            <>
              <Icon name="person" />
              <span className="account-name">{nameOf(user)}</span>
            </>
          }
        >
          {(close) => <Menu user={user} onClose={close} onSignIn={() => setDialog(true)} />}
        </Popover>
      )}
      {dialog && <AccountDialog onClose={() => setDialog(false)} />}
    </>
  );
}

function Menu(props: { user: User; onClose(): void; onSignIn(): void }) {
  const { account } = useServices();
  const { balance } = useObservable(account.state);
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  const guest = props.user.role === 'guest';
  async function leave(): Promise<void> {
    props.onClose();
    await account.signOut();
    navigate('/');
    announce(words.goodbye);
  }
  return (
    <span className="account-panel">
      <strong>{nameOf(props.user)}</strong>
      {balance && (
        <span className="fine-print">{words.available(formatAmount(balance.available))}</span>
      )}
      {guest && <span className="fine-print">{words.guestHint}</span>}
      {guest ? (
        <button
          type="button"
          className="button button-primary"
          onClick={() => {
            props.onClose();
            props.onSignIn();
          }}
        >
          {words.signIn} / {words.signUp}
        </button>
      ) : (
        <button type="button" className="button" onClick={() => void leave()}>
          {words.signOut}
        </button>
      )}
    </span>
  );
}
