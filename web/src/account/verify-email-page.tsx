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
  if (state.at === 'work') {
    return (
      <CardPage title={words.title}>
        <p className="form-lead" role="status">
          {words.working}
        </p>
      </CardPage>
    );
  }
  if (state.at === 'failed') {
    return <Failed error={state.error} onRetry={() => void verify()} />;
  }
  return (
    <CardPage title={words.doneTitle}>
      <p className="form-lead" role="status">
        {words.done(state.user.email ?? '')}
      </p>
      <Link href="/" className="button button-primary">
        {words.toStart}
      </Link>
      <Link href="/account" className="text-link">
        {words.toProfile}
      </Link>
    </CardPage>
  );
}

function Failed({ error, onRetry }: { error: unknown; onRetry(): void }) {
  const refused = error instanceof ApiError && error.slug === 'invalid_input';
  return (
    <CardPage title={words.failedTitle}>
      <p className="form-lead" role="alert">
        {describeError(error).text}
      </p>
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
    </CardPage>
  );
}
