import { useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/api-error.ts';
import type { User } from '../api/types.ts';
import { fieldFault } from '../form/field-fault.ts';
import { CardPage } from '../layout/card-page.tsx';
import { describeError } from '../layout/describe-error.ts';
import { useServices } from '../state/services.tsx';
import { useOnce } from '../state/use-once.ts';
import { strings } from '../strings.ts';

const words = strings.verifyEmail;

type Verifying = { at: 'work' } | { at: 'done'; user: User } | { at: 'failed'; error: unknown };

const TITLES: Record<Verifying['at'], string> = {
  work: words.title,
  done: words.doneTitle,
  failed: words.failedTitle,
};

/** Where the link of the mail leads. */
export function VerifyEmailPage() {
  const { arrival, client, account } = useServices();
  const [state, setState] = useState<Verifying>({ at: 'work' });
  async function verify(): Promise<void> {
    setState({ at: 'work' });
    try {
      if (arrival.token === null) throw fieldFault('token', words.broken);
      const options = { method: 'POST', body: { token: arrival.token } } as const;
      const { user } = await client.call<{ user: User }>('/api/auth/verify-email', options);
      if (account.state.get().user?.id === user.id) account.meet(user);
      setState({ at: 'done', user });
    } catch (error) {
      setState({ at: 'failed', error });
    }
  }
  useOnce(() => void verify());
  return (
    <CardPage title={TITLES[state.at]}>
      {state.at === 'work' && <p className="form-lead">{words.working}</p>}
      {state.at === 'failed' && <Failed error={state.error} onRetry={() => void verify()} />}
      {state.at === 'done' && <Done email={state.user.email ?? ''} />}
    </CardPage>
  );
}

function Done({ email }: { email: string }) {
  return (
    <>
      <p className="form-lead">{words.done(email)}</p>
      <Link href="/" className="button button-primary">
        {words.toStart}
      </Link>
      <Link href="/account" className="text-link">
        {words.toProfile}
      </Link>
    </>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const refused = error instanceof ApiError && error.slug === 'invalid_input';
  return (
    <>
      <p className="form-lead">{describeError(error).text}</p>
      {refused ? (
        <>
          <p className="fine-print">{words.retryHint}</p>
          <Link href="/account" className="button button-primary">
            {words.toProfile}
          </Link>
        </>
      ) : (
        <button type="button" className="button button-primary" onClick={onRetry}>
          {strings.retry}
        </button>
      )}
    </>
  );
}
