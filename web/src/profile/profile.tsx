import { useEffect, useState } from 'react';
import { nameOf } from '../account/account-name.ts';
import type { User } from '../api/types.ts';
import { AccountNav } from '../billing/account-nav.tsx';
import { BalanceRow } from '../billing/balance-row.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AvatarEditor } from './avatar-editor.tsx';
import type { Closed } from './close-dialog.tsx';
import { DevicesSection } from './devices-section.tsx';
import { EmailRow } from './email-row.tsx';
import { LoginLogSection } from './login-log-section.tsx';
import { NicknameRow } from './nickname-row.tsx';
import { OwnDataSection } from './own-data-section.tsx';
import { PasswordRow } from './password-row.tsx';
import { ProfileSection } from './profile-section.tsx';
import { UnverifiedBanner } from './unverified-banner.tsx';
import { WechatRow } from './wechat-row.tsx';
import { dayOf } from './when.ts';

const words = strings.profile;

/** Everything about the own account, one page. */
export function Profile({ user, onClosed }: { user: User; onClosed(closed: Closed): void }) {
  const [round, setRound] = useState(0);
  const [dismissed, setDismissed] = useState(false);
  const { email } = user;
  const unverified = email !== null && !user.emailVerified && canGetMail(email);
  useFreshProfile();
  return (
    <>
      <AccountNav />
      <ProfileHead user={user} />
      {unverified && !dismissed && (
        <UnverifiedBanner email={email} onDismiss={() => setDismissed(true)} />
      )}
      <ProfileSection title={words.identity}>
        <NicknameRow user={user} />
        <EmailRow user={user} offerMail={unverified && dismissed} />
        <PasswordRow user={user} onChanged={() => setRound(round + 1)} />
        <WechatRow user={user} />
      </ProfileSection>
      <ProfileSection title={strings.balance.title}>
        <BalanceRow />
      </ProfileSection>
      <DevicesSection round={round} />
      <LoginLogSection />
      <OwnDataSection user={user} onClosed={onClosed} />
    </>
  );
}

function ProfileHead({ user }: { user: User }) {
  return (
    <header className="profile-head">
      <AvatarEditor user={user} />
      <div>
        <h1>{nameOf(user)}</h1>
        <p className="profile-marks">
          {user.role === 'admin' && <span className="tag tag-seal">{words.admin}</span>}
          <span className="tag">{words.plan[user.plan]}</span>
          <span className="fine-print">{words.since(dayOf(user.createdAt))}</span>
        </p>
      </div>
    </header>
  );
}

/** No mail ever gets to `.local`: the address of the first admin, unless the site has set another. */
function canGetMail(email: string): boolean {
  return !email.endsWith('.local');
}

/** An address may have been verified on another device meanwhile. */
function useFreshProfile(): void {
  const { client, account } = useServices();
  useEffect(() => {
    const abort = new AbortController();
    client.call<User>('/api/user/profile', { signal: abort.signal }).then(
      (user) => {
        if (account.state.get().user?.id === user.id) account.meet(user);
      },
      // What is shown already is good enough.
      () => undefined,
    );
    return () => abort.abort();
  }, [client, account]);
}
