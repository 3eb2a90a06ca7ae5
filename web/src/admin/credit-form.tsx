import { useRef } from 'react';
import { nameOf } from '../account/account-name.ts';
import { randomKey } from '../api/random-key.ts';
import { formatTokens } from '../billing/amounts.ts';
import { Field } from '../form/field.tsx';
import { fieldFault } from '../form/field-fault.ts';
import { FormError } from '../form/form-error.tsx';
import { readWhole } from '../form/numbers.ts';
import { textIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import type { ManagedUser } from './admin-types.ts';

const words = strings.users;
const FIELDS = ['amount', 'reason'];

interface CreditFormProps {
  user: ManagedUser;
  onBack(): void;
  onDone(): void;
}

/** Gives somebody tokens or takes some back, with a reason that they will read. */
export function CreditForm({ user, onBack, onDone }: CreditFormProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  const key = useRef(randomKey());
  const name = nameOf(user);
  const { busy, error, onSubmit } = useSubmit(async (data) => {
    const amount = readWhole(textIn(data, 'amount'));
    if (!amount) throw fieldFault('amount', words.creditAmountFault);
    const reason = textIn(data, 'reason');
    if (reason === '') throw fieldFault('reason', words.creditReasonFault);
    const path = `/api/admin/users/${user.id}/credit`;
    const options = { method: 'POST', body: { amount, reason } } as const;
    const { balance } = await client.call<{ balance: number }>(path, {
      ...options,
      idempotencyKey: key.current,
    });
    announce(words.credited(name, formatTokens(balance)));
    onDone();
  });
  return (
    <form
      className="dialog-form"
      aria-label={words.creditTitle(name)}
      onSubmit={onSubmit}
      // Something else was typed, so it is another act.
      onInput={() => {
        key.current = randomKey();
      }}
      noValidate
    >
      <Field
        {...{ name: 'amount', label: words.creditAmount, error, type: 'text' }}
        autoComplete="off"
        hint={words.creditAmountHint}
        placeholder="10000"
        first
      />
      <Field
        {...{ name: 'reason', label: words.creditReason, error, type: 'text', maxLength: 200 }}
        autoComplete="off"
        hint={words.creditReasonHint}
      />
      <FormError error={error} fields={FIELDS} />
      <div className="dialog-actions">
        <button type="button" className="button" onClick={onBack}>
          {words.back}
        </button>
        <button type="submit" className="button button-primary" disabled={busy}>
          {words.creditSubmit}
        </button>
      </div>
    </form>
  );
}
