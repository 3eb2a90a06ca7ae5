import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { User } from '../api/types.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { Popover } from '../layout/popover.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AccountDialog } from './account-dialog.tsx';
import { formatAmount, nameOf } from './account-name.ts';
import { Avatar } from './avatar.tsx';

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
          className="account-button account-button-known"
          trigger={
            <>
              <Avatar user={user} size="small" />
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

interface MenuProps {
  user: User;
  onClose(): void;
  onSignIn(): void;
}

function Menu({ user, onClose, onSignIn }: MenuProps) {
  const { account } = useServices();
  const { balance } = useObservable(account.state);
  const guest = user.role === 'guest';
  return (
    <span className="account-panel">
      <strong>{nameOf(user)}</strong>
      {balance && (
        <span className="fine-print">{words.available(formatAmount(balance.balance))}</span>
      )}
      {guest && <span className="fine-print">{words.guestHint}</span>}
      <MenuLinks role={user.role} onClose={onClose} />
      {guest ? (
        <button
          type="button"
          className="button button-primary"
          onClick={() => {
            onClose();
            onSignIn();
          }}
        >
          {words.signIn} / {words.signUp}
        </button>
      ) : (
        <LeaveButton onClose={onClose} />
      )}
    </span>
  );
}

function MenuLinks({ role, onClose }: { role: User['role']; onClose(): void }) {
  const links = [
    ['/account', words.profile],
    ['/favorites', strings.favorites.title],
    ['/account/balance', strings.balance.toBalance],
    ...(role === 'guest' ? [] : ([['/account/recharge', strings.recharge.title]] as const)),
    ...(role === 'admin' ? ([['/admin', words.manage]] as const) : []),
  ] as const;
  return (
    <span className="account-links">
      {links.map(([href, name]) => (
        <Link key={href} href={href} onClick={onClose}>
          {name}
        </Link>
      ))}
    </span>
  );
}

function LeaveButton({ onClose }: { onClose(): void }) {
  const { account } = useServices();
  const announce = useAnnounce();
  const [, navigate] = useLocation();
  async function leave(): Promise<void> {
    onClose();
    await account.signOut();
    navigate('/');
    announce(words.goodbye);
  }
  return (
    <button type="button" className="button" onClick={() => void leave()}>
      {words.signOut}
    </button>
  );
}
