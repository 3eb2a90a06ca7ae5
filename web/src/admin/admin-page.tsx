import type { ReactNode } from 'react';
import { SignInPage } from '../account/sign-in-page.tsx';
import { PageNav } from '../layout/page-nav.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';

const PAGES = [
  ['/admin', strings.overview.nav],
  ['/admin/users', strings.users.nav],
  ['/admin/documents', strings.documents.nav],
  ['/admin/jobs', strings.jobs.nav],
  ['/admin/orders', strings.adminOrders.nav],
  ['/admin/packages', strings.adminPackages.nav],
  ['/admin/redeem-codes', strings.redeemBatches.nav],
  ['/admin/prices', strings.adminPrices.nav],
  ['/admin/feedback', strings.adminFeedback.nav],
  ['/admin/audit-log', strings.auditLog.title],
] as const;

interface AdminPageProps {
  title: string;
  lead?: string;
  /** The page has a heading of its own. */
  headless?: boolean;
  children: ReactNode;
}

/** The server refuses everybody else anyway; this only says so sooner. */
export function AdminPage({ title, lead, headless = false, children }: AdminPageProps) {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  usePageTitle(title);
  if (phase === 'visitor') return <SignInPage />;
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column admin">
        {user?.role === 'admin' ? (
          <>
            <PageNav label={strings.admin.nav} pages={PAGES} />
            {!headless && (
              <header className="page-heading">
                <h1>{title}</h1>
                {lead && <p>{lead}</p>}
              </header>
            )}
            {children}
          </>
        ) : (
          <p className="empty-note" role="status">
            {phase === 'unknown' ? strings.loading : strings.admin.onlyAdmins}
          </p>
        )}
      </div>
    </main>
  );
}
