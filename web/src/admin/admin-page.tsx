import type { ReactNode } from 'react';
import { Link, useLocation } from 'wouter';
import { SignInPage } from '../account/sign-in-page.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';

const PAGES = [
  ['/admin/users', strings.users.title],
  ['/admin/audit-log', strings.auditLog.title],
] as const;

interface AdminPageProps {
  title: string;
  lead?: string;
  children: ReactNode;
}

/** The server refuses everybody else anyway; this only says so sooner. */
export function AdminPage({ title, lead, children }: AdminPageProps) {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  usePageTitle(title);
  if (phase === 'visitor') return <SignInPage />;
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column admin">
        {user?.role === 'admin' ? (
          <>
            <AdminNav />
            <header className="page-heading">
              <h1>{title}</h1>
              {lead && <p>{lead}</p>}
            </header>
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

function AdminNav() {
  const [path] = useLocation();
  return (
    <nav className="admin-nav" aria-label={strings.admin.nav}>
      {PAGES.map(([href, title]) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
