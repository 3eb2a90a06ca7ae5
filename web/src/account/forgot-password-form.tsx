import { useState } from 'react';
import { Field } from '../form/field.tsx';
import { FormError } from '../form/form-error.tsx';
import { textIn, useSubmit } from '../form/use-submit.ts';
import { useWait } from '../form/wait.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.forgotPassword;

interface ForgotPasswordFormProps {
  email?: string;
  onBack(email: string): void;
}

/** The server answers the same whether it knows the address or not, and so does the page. */
export function ForgotPasswordForm({ email = '', onBack }: ForgotPasswordFormProps) {
  const { client } = useServices();
  const [sentTo, setSentTo] = useState<string | null>(null);
  const { busy, error, onSubmit } = useSubmit(async (data) => {
    const address = textIn(data, 'email');
    const body = { email: address };
    await client.call('/api/auth/forgot-password', { method: 'POST', body });
    setSentTo(address);
  });
  const wait = useWait(error);
  return (
    <form className="account-form" aria-label={words.title} onSubmit={onSubmit} noValidate>
      {sentTo === null ? (
        <>
          <p className="form-lead">{words.lead}</p>
          <Field
            {...{ name: 'email', type: 'email', label: strings.account.email, error, first: true }}
            autoComplete="username"
            defaultValue={email}
          />
          <FormError error={error} fields={['email']} wait={wait} />
          <button type="submit" className="button button-primary" disabled={busy || wait > 0}>
            {words.submit}
          </button>
        </>
      ) : (
        <div role="status" className="form-done">
          <h3>{words.sentTitle}</h3>
          <p>{words.sent(sentTo)}</p>
        </div>
      )}
      <button type="button" className="text-button" onClick={() => onBack(sentTo ?? email)}>
        {words.back}
      </button>
    </form>
  );
}
