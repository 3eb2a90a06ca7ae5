import { useEffect, useState } from 'react';
import { Route, Switch, useLocation } from 'wouter';
import { ForgotPasswordPage } from './account/forgot-password-page.tsx';
import { ResetPasswordPage } from './account/reset-password-page.tsx';
import { VerifyEmailPage } from './account/verify-email-page.tsx';
import { WechatLoginPage } from './account/wechat-login-page.tsx';
import { AuditLogPage } from './admin/audit-log-page.tsx';
import { DocumentPage } from './admin/documents/document-page.tsx';
import { DocumentsPage } from './admin/documents/documents-page.tsx';
import { AdminFeedbackPage } from './admin/feedback/feedback-page.tsx';
import { JobsPage } from './admin/jobs/jobs-page.tsx';
import { AdminOrdersPage } from './admin/orders/orders-page.tsx';
import { OverviewPage } from './admin/overview/overview-page.tsx';
import { AdminPackagesPage } from './admin/packages/packages-page.tsx';
import { AdminPricesPage } from './admin/prices/prices-page.tsx';
import { RedeemCodesPage } from './admin/redeem/redeem-codes-page.tsx';
import { UsersPage } from './admin/users-page.tsx';
import { ApiDocsPage } from './api-docs/api-docs-page.tsx';
import { BalancePage } from './billing/balance-page.tsx';
import { RechargePage } from './billing/recharge-page.tsx';
import { ConversationPage } from './conversation/conversation-page.tsx';
import { SessionList } from './conversation/session-list.tsx';
import { FavoritesPage } from './favorites/favorites-page.tsx';
import { Modal } from './layout/modal.tsx';
import { NotFoundPage } from './layout/not-found-page.tsx';
import { SiteHeader } from './layout/site-header.tsx';
import { UnreachableBar } from './layout/unreachable-bar.tsx';
import { ChapterPage } from './library/chapter-page.tsx';
import { LibraryPage } from './library/library-page.tsx';
import { WorkPage } from './library/work-page.tsx';
import { AccountPage } from './profile/account-page.tsx';
import { useServices } from './state/services.tsx';
import { useMediaQuery, WIDE } from './state/use-media-query.ts';
import { strings } from './strings.ts';

const ADMIN_PAGES = [
  ['/admin', OverviewPage],
  ['/admin/users', UsersPage],
  ['/admin/documents', DocumentsPage],
  ['/admin/jobs', JobsPage],
  ['/admin/orders', AdminOrdersPage],
  ['/admin/packages', AdminPackagesPage],
  ['/admin/redeem-codes', RedeemCodesPage],
  ['/admin/prices', AdminPricesPage],
  ['/admin/feedback', AdminFeedbackPage],
  ['/admin/audit-log', AuditLogPage],
] as const;

export function App() {
  const { account } = useServices();
  const [path] = useLocation();
  const [drawer, setDrawer] = useState(false);
  const wide = useMediaQuery(WIDE);
  useEffect(() => void account.restore(), [account]);
  // Choosing a session in the drawer is leaving it.
  // biome-ignore lint/correctness/useExhaustiveDependencies: the path is what closes it.
  useEffect(() => setDrawer(false), [path]);
  return (
    <div className="app">
      <a className="skip-link" href="#main">
        {strings.skip}
      </a>
      <SiteHeader onMenu={wide ? null : () => setDrawer(true)} />
      <UnreachableBar />
      <Routes />
      {drawer && !wide && (
        <Modal title={strings.sessions.label} kind="drawer" onClose={() => setDrawer(false)}>
          <SessionList onChosen={() => setDrawer(false)} />
        </Modal>
      )}
    </div>
  );
}

function Routes() {
  return (
    <Switch>
      <Route path="/">
        <ConversationPage sessionId={null} />
      </Route>
      <Route path="/s/:id">{({ id }) => <ConversationPage key={id} sessionId={id} />}</Route>
      <Route path="/favorites">
        <FavoritesPage />
      </Route>
      <Route path="/library">
        <LibraryPage />
      </Route>
      <Route path="/library/works/:id">{({ id }) => <WorkPage key={id} workId={id} />}</Route>
      <Route path="/library/works/:wid/chapters/:cid">
        {({ wid, cid }) => <ChapterPage workId={wid} chapterId={cid} />}
      </Route>
      <Route path="/account">
        <AccountPage />
      </Route>
      <Route path="/account/balance">
        <BalancePage />
      </Route>
      <Route path="/account/recharge">
        <RechargePage />
      </Route>
      <Route path="/login/wechat">
        <WechatLoginPage />
      </Route>
      <Route path="/verify-email">
        <VerifyEmailPage />
      </Route>
      <Route path="/forgot-password">
        <ForgotPasswordPage />
      </Route>
      <Route path="/reset-password">
        <ResetPasswordPage />
      </Route>
      {ADMIN_PAGES.map(([path, Page]) => (
        <Route key={path} path={path}>
          <Page />
        </Route>
      ))}
      <Route path="/admin/documents/:id">
        {({ id }) => <DocumentPage key={id} documentId={id} />}
      </Route>
      <Route path="/api/docs">
        <ApiDocsPage />
      </Route>
      <Route>
        <NotFoundPage />
      </Route>
    </Switch>
  );
}
