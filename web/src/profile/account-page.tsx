import { useState } from 'react';
import { Link } from 'wouter';
import { SignInPage } from '../account/sign-in-page.tsx';
import type { User } from '../api/types.ts';
import { CardPage } from '../layout/card-page.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';
import type { Closed } from './close-dialog.tsx';
import { GuestProfile } from './guest-profile.tsx';
import { Profile } from './profile.tsx';
import { dayOf } from './when.ts';

const words = strings.profile;

export function AccountPage() {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  const [closed, setClosed] = useState<Closed | null>(null);
  usePageTitle(words.title);
  if (closed !== null && user === null) return <Farewell closed={closed} />;
  if (user !== null) return <OwnPage key={user.id} user={user} onClosed={setClosed} />;
  return phase === 'visitor' ? <SignInPage /> : <WaitingPage />;
}

function OwnPage(props: { user: User; onClosed(closed: Closed): void }) {
  const Content = props.user.role === 'guest' ? GuestProfile : Profile;
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column profile">
        <Content user={props.user} onClosed={props.onClosed} />
      </div>
    </main>
  );
}

/** The bar above says why if it takes long. */
function WaitingPage() {
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <p className="empty-note" role="status">
        {strings.loading}
      </p>
    </main>
  );
}

function Farewell({ closed }: { closed: Closed }) {
  const { closedTitle, closedNow, closedUntil } = strings.ownData;
  return (
    <CardPage title={closedTitle}>
      <p className="form-lead" role="status">
        {closed.until === null ? closedNow : closedUntil(dayOf(closed.until))}
      </p>
      <Link href="/" className="button button-primary">
        {strings.errors.goHome}
      </Link>
    </CardPage>
  );
}
