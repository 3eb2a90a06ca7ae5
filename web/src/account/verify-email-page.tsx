import { useState } from 'react';
import { Link } from 'wouter';
import { ApiError } from '../api/api-error.ts';
import type { User } from '../api/types.ts';
import { fieldFault } from '../form/field-fault.ts';
import { CardPage } from '../layout/card-page.tsx';
import { describeError } from '../layout/describe-error.ts';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.verifyEmail;

type Verifying =
  | { at: 'ask' | 'work' }
  | { at: 'done'; user: User }
  | { at: 'failed'; error: unknown };

const TITLES: Record<Verifying['at'], string> = {
  ask: words.title,
  work: words.title,
  done: words.doneTitle,
  failed: words.failedTitle,
};

const BROKEN: Verifying = { at: 'failed', error: fieldFault('token', words.broken) };

/**
 * Where the link of the mail leads. Opening it does nothing yet: programs that look through mails open
 * links as well, and run the scripts behind them.
 */
export function VerifyEmailPage() {
  const { arrival, client, account } = useServices();
  const [state, setState] = useState<Verifying>(arrival.token === null ? BROKEN : { at: 'ask' });
  async function verify(): Promise<void> {
    setState({ at: 'work' });
    try {
      const options = { method: 'POST', body: { token: arrival.token } } as const;
      const { user } = await client.call<{ user: User }>('/api/auth/verify-email', options);
      if (account.state.get().user?.id === user.id) account.meet(user);
      setState({ at: 'done', user });
    } catch (error) {
      setState({ at: 'failed', error });
    }
  }
  return (
    <CardPage title={TITLES[state.at]}>
      {(state.at === 'ask' || state.at === 'work') && (
        <Ask busy={state.at === 'work'} onConfirm={() => void verify()} />
      )}
      {state.at === 'failed' && <Failed error={state.error} onRetry={() => void verify()} />}
      {state.at === 'done' && <Done user={state.user} />}
    </CardPage>
  );
}

function Ask({ busy, onConfirm }: { busy: boolean; onConfirm(): void }) {
  return (
    <>
      <p className="form-lead">{words.ask}</p>
      <p className="fine-print">{words.askStranger}</p>
      <button type="button" className="button button-primary" disabled={busy} onClick={onConfirm}>
        {busy ? words.working : words.confirm}
      </button>
    </>
  );
}

function Done({ user }: { user: User }) {
  const { account } = useServices();
  const isOwn = useObservable(account.state).user?.id === user.id;
  return (
    <>
      <p className="form-lead">{words.done(user.email ?? '')}</p>
      {!isOwn && (
        <p className="fine-print">
          {words.strangePassword} <Link href="/forgot-password">{words.setPassword}</Link>
        </p>
      )}
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
