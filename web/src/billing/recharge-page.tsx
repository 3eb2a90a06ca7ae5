import { useState } from 'react';
import { AccountForms, type Mode } from '../account/account-forms.tsx';
import type { ListedOrder } from '../api/billing-types.ts';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { AccountSectionPage } from './account-section-page.tsx';
import { OrdersSection } from './orders-section.tsx';
import { PackageChoice } from './package-choice.tsx';
import { PaymentDialog } from './payment-dialog.tsx';
import { RedeemSection } from './redeem-section.tsx';
import { usePackages } from './use-packages.ts';
import { usePayment } from './use-payment.ts';

const words = strings.recharge;

export function RechargePage() {
  return (
    <AccountSectionPage title={words.title}>
      {(user) => (user.role === 'guest' ? <GuestInvitation /> : <Recharge />)}
    </AccountSectionPage>
  );
}

function Recharge() {
  const orders = usePagedList<ListedOrder>('/api/billing/orders?limit=10');
  const offer = usePackages();
  const payment = usePayment(orders.reload);
  const { current } = payment;
  return (
    <>
      <PackageChoice offer={offer} payment={payment} />
      <RedeemSection onCredited={orders.reload} />
      <OrdersSection
        orders={orders}
        packages={offer.packages ?? []}
        onResume={payment.unavailable || offer.closed ? null : payment.begin}
      />
      {current && (
        <PaymentDialog
          key={current.placed.order.id}
          placed={current.placed}
          bought={current.wanted}
          onAgain={payment.again}
          onClose={payment.end}
        />
      )}
    </>
  );
}

/** Only who has signed up can be given what was paid for. */
function GuestInvitation() {
  const [mode, setMode] = useState<Mode>('sign-up');
  return (
    <section className="card-leaf guest-forms" aria-labelledby="guest-recharge">
      <h2 id="guest-recharge">{words.guestTitle}</h2>
      <p className="form-lead">{words.guestLead}</p>
      <AccountForms mode={mode} onMode={setMode} onDone={() => undefined} />
    </section>
  );
}
