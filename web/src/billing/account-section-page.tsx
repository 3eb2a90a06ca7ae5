import type { ReactNode } from 'react';
import { SignInPage } from '../account/sign-in-page.tsx';
import type { User } from '../api/types.ts';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';
import { AccountNav } from './account-nav.tsx';

interface AccountSectionPageProps {
  title: string;
  children(user: User): ReactNode;
}

/** A page of the own account; whoever is not signed in is asked to, and then stays there. */
export function AccountSectionPage({ title, children }: AccountSectionPageProps) {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  usePageTitle(title);
  if (user === null && phase === 'visitor') return <SignInPage />;
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column profile">
        {user === null ? (
          <p className="empty-note" role="status">
            {strings.loading}
          </p>
        ) : (
          <div key={user.id}>
            <AccountNav />
            <header className="page-heading">
              <h1>{title}</h1>
            </header>
            {children(user)}
          </div>
        )}
      </div>
    </main>
  );
}
