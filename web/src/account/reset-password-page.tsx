import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { User } from '../api/types.ts';
import { PasswordField } from '../form/field.tsx';
import { otherFaults } from '../form/field-fault.ts';
import { FormError } from '../form/form-error.tsx';
import { passwordIn, useSubmit } from '../form/use-submit.ts';
import { CardPage } from '../layout/card-page.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { AccountForms, type Mode } from './account-forms.tsx';

const words = strings.resetPassword;

/** Where the link of the mail leads: a new password, then the login with it. */
export function ResetPasswordPage() {
  const { token } = useServices().arrival;
  const [owner, setOwner] = useState<User | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  if (owner !== null) {
    return (
      <CardPage title={words.doneTitle}>
        <Done owner={owner} />
      </CardPage>
    );
  }
  const usable = token !== null && refusal === null;
  return (
    <CardPage title={usable ? words.title : words.brokenTitle}>
      {usable ? (
        <ResetForm token={token} onDone={setOwner} onRefused={setRefusal} />
      ) : (
        <Broken text={refusal ?? words.broken} />
      )}
    </CardPage>
  );
}

interface ResetFormProps {
  token: string;
  onDone(owner: User): void;
  onRefused(text: string): void;
}

function ResetForm({ token, onDone, onRefused }: ResetFormProps) {
  const { client, account } = useServices();
  const { busy, error, onSubmit } = useSubmit(async (data) => {
    const body = { token, password: passwordIn(data) };
    try {
      const options = { method: 'POST', body } as const;
      const { user } = await client.call<{ user: User }>('/api/auth/reset-password', options);
      // Every login of the account has ended, this one too.
      if (account.state.get().user?.id === user.id) account.forget();
      onDone(user);
    } catch (failure) {
      const [refusal] = otherFaults(failure, ['password']);
      if (refusal === undefined) throw failure;
      onRefused(refusal);
    }
  });
  return (
    <form className="account-form" aria-label={words.title} onSubmit={onSubmit} noValidate>
      <p className="form-lead">{words.lead}</p>
      <PasswordField
        {...{ name: 'password', label: words.field, error }}
        hint={strings.account.passwordHint}
        autoComplete="new-password"
      />
      <FormError error={error} fields={['password']} />
      <button type="submit" className="button button-primary" disabled={busy}>
        {words.submit}
      </button>
    </form>
  );
}

function Done({ owner }: { owner: User }) {
  const [, navigate] = useLocation();
  const [mode, setMode] = useState<Mode>('sign-in');
  return (
    <>
      <p className="form-lead">{words.done}</p>
      <AccountForms
        {...{ mode, email: owner.email ?? '', onMode: setMode }}
        onDone={() => navigate('/', { replace: true })}
      />
    </>
  );
}

function Broken({ text }: { text: string }) {
  return (
    <>
      <p className="form-lead">{text}</p>
      <Link href="/forgot-password" className="button button-primary">
        {words.again}
      </Link>
    </>
  );
}
