import { useEffect, useState } from 'react';
import { useSearchParams } from 'wouter';
import type { Package } from '../api/billing-types.ts';
import { FormError } from '../form/form-error.tsx';
import { useWait } from '../form/wait.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { ProfileSection } from '../profile/profile-section.tsx';
import { strings } from '../strings.ts';
import { formatFen } from './amounts.ts';
import { PackageWords } from './package-words.tsx';
import type { usePackages } from './use-packages.ts';
import type { Payment } from './use-payment.ts';

const words = strings.recharge;

interface PackageChoiceProps {
  offer: ReturnType<typeof usePackages>;
  payment: Payment;
}

export function PackageChoice({ offer, payment }: PackageChoiceProps) {
  const { packages, error, reload } = offer;
  if (offer.closed || payment.unavailable) {
    return (
      <ProfileSection title={words.packages}>
        <p className="form-notice" role="status">
          {words.unavailable}
        </p>
      </ProfileSection>
    );
  }
  return (
    <ProfileSection title={words.packages} lead={words.packagesLead}>
      {error !== null && <ErrorBox error={error} onRetry={reload} />}
      {packages === null && error === null && (
        <p className="loading-note" role="status">
          {strings.loading}
        </p>
      )}
      {packages?.length === 0 && <p className="empty-note">{words.noPackages}</p>}
      {packages !== null && packages.length > 0 && (
        <ChoiceForm packages={packages} payment={payment} />
      )}
    </ProfileSection>
  );
}

function ChoiceForm({ packages, payment }: { packages: Package[]; payment: Payment }) {
  const [address] = useSearchParams();
  const asked = address.get('package');
  const [chosen, setChosen] = useState(asked);
  useEffect(() => setChosen(asked), [asked]);
  const { busy, error, begin } = payment;
  const wait = useWait(error);
  const one = packages.find(({ id }) => id === chosen) ?? packages[0];
  return (
    <form
      className="package-form"
      aria-label={words.packages}
      onSubmit={(event) => {
        event.preventDefault();
        if (one) begin({ packageId: one.id, title: one.title });
      }}
    >
      <fieldset className="package-list">
        <legend className="sr-only">{words.choose}</legend>
        {packages.map((each) => (
          <label key={each.id} className="package">
            <input
              type="radio"
              name="package"
              value={each.id}
              checked={each === one}
              onChange={() => setChosen(each.id)}
            />
            <PackageWords one={each} />
            <span className="package-price">{formatFen(each.amountFen)}</span>
          </label>
        ))}
      </fieldset>
      <FormError error={error} fields={[]} wait={wait} />
      <button type="submit" className="button button-primary" disabled={busy || wait > 0}>
        {busy ? words.opening : words.pay(one ? formatFen(one.amountFen) : '')}
      </button>
    </form>
  );
}
