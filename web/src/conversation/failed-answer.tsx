import { useState } from 'react';
import { Link } from 'wouter';
import { AccountDialog } from '../account/account-dialog.tsx';
import type { Message } from '../api/types.ts';
import { beijingMoment } from '../billing/beijing-moment.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import type { Failure } from './conversation-state.ts';
import { reasonOf } from './failure-reason.ts';

const words = strings.errors;

interface FailedAnswerProps {
  answer: Message;
  failure: Failure | null;
  /** The server has the question: what helps is another answer to it. */
  kept: boolean;
  /** Null where the same would come to nothing again. */
  onRetry: (() => void) | null;
}

/** Why there is no answer, and what helps: another try, more tokens, or some patience. */
export function FailedAnswer({ failure, answer, kept, onRetry }: FailedAnswerProps) {
  const { account } = useServices();
  const { user } = useObservable(account.state);
  const error = reasonOf(answer, failure);
  const [short, full] = [error.slug === 'insufficient_balance', error.slug === 'quota_exceeded'];
  return (
    <ErrorBox
      error={error}
      onRetry={onRetry ?? undefined}
      retryText={kept ? strings.actions.again : strings.retry}
    >
      {(short || full) &&
        (user?.role === 'guest' ? (
          <GuestShort />
        ) : (
          <Link
            href={short ? '/account/recharge' : '/account/balance'}
            className={short ? 'button button-primary' : 'button'}
          >
            {short ? words.toRecharge : words.toBalance}
          </Link>
        ))}
      {full && failure?.retryAt && (
        <span className="fine-print">
          {words.quotaUntil(beijingMoment(new Date(failure.retryAt), new Date()))}
        </span>
      )}
    </ErrorBox>
  );
}

function GuestShort() {
  const [dialog, setDialog] = useState(false);
  return (
    <>
      <button type="button" className="button button-primary" onClick={() => setDialog(true)}>
        {strings.account.signUp}
      </button>
      <span className="fine-print">{words.guestShort}</span>
      {dialog && <AccountDialog mode="sign-up" onClose={() => setDialog(false)} />}
    </>
  );
}
