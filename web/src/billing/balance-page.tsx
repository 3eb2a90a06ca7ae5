import { useEffect, useState } from 'react';
import { Link } from 'wouter';
import type { BalanceOverview, User } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { ProfileSection } from '../profile/profile-section.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';
import { AccountSectionPage } from './account-section-page.tsx';
import { formatTokens } from './amounts.ts';
import { beijingDay } from './beijing-time.ts';
import { MailsSection } from './mails-section.tsx';
import { PackagesSection } from './packages-section.tsx';
import { PricesSection } from './prices-section.tsx';
import { QuotaBar } from './quota-bar.tsx';
import { TransactionsSection } from './transactions-section.tsx';

const words = strings.balance;

export function BalancePage() {
  return (
    <AccountSectionPage title={words.title}>
      {(user) => (
        <>
          <Overview user={user} />
          <TransactionsSection />
          <PricesSection />
          <PackagesSection />
          {user.role !== 'guest' && <MailsSection user={user} />}
        </>
      )}
    </AccountSectionPage>
  );
}

function Overview({ user }: { user: User }) {
  const [overview, reload] = useOverview();
  if (overview.failed !== null && overview.data === null) {
    return <ErrorBox error={overview.failed} onRetry={reload} />;
  }
  if (overview.data === null) {
    return (
      <p className="loading-note balance-waiting" role="status">
        {strings.loading}
      </p>
    );
  }
  const { quota, ...balance } = overview.data;
  return (
    <>
      <BalanceLeaf balance={balance} />
      <ProfileSection title={words.quota} lead={words.quotaLead}>
        <QuotaBar label={words.daily} amount={quota.dailyRequests} />
        <QuotaBar label={words.monthly} amount={quota.monthlyTokens} />
        {user.role !== 'guest' && (
          <PlanLine plan={quota.plan ?? user.plan} until={quota.planUntil ?? null} />
        )}
      </ProfileSection>
    </>
  );
}

function BalanceLeaf({ balance }: { balance: Omit<BalanceOverview, 'quota'> }) {
  return (
    <section className="balance-leaf" aria-label={words.title}>
      <div>
        <p className="quiet-heading">{words.available}</p>
        <p className="balance-amount">{formatTokens(balance.available)}</p>
        {balance.held > 0 && (
          <p className="fine-print">
            {words.total(formatTokens(balance.balance))}，{words.held(formatTokens(balance.held))}
          </p>
        )}
      </div>
      <Link href="/account/recharge" className="button button-primary">
        {words.recharge}
      </Link>
    </section>
  );
}

function PlanLine({ plan, until }: { plan: 'free' | 'vip'; until: string | null }) {
  return (
    <p className="plan-line">
      <span className="profile-label">{words.plan}</span>
      <span className={plan === 'vip' ? 'tag tag-seal' : 'tag'}>{words.plans[plan]}</span>
      {until !== null && <span className="fine-print">{words.planUntil(beijingDay(until))}</span>}
    </p>
  );
}

/** Reads again when the balance in the corner has changed: an answer ended, a payment came in. */
function useOverview() {
  const { account } = useServices();
  const { balance } = useObservable(account.state);
  const [resource, reload] = useResource<BalanceOverview>('/api/user/balance');
  const [data, setData] = useState<BalanceOverview | null>(null);
  useEffect(() => {
    if (resource.state === 'ready') setData(resource.data);
  }, [resource]);
  const stale = data !== null && balance !== null && balance.available !== data.available;
  // biome-ignore lint/correctness/useExhaustiveDependencies: once for each change there.
  useEffect(() => {
    if (stale) reload();
  }, [balance]);
  return [{ data, failed: resource.state === 'failed' ? resource.error : null }, reload] as const;
}
