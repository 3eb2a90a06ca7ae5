import { useState } from 'react';
import { Link } from 'wouter';
import { AccountDialog } from '../account/account-dialog.tsx';
import { ApiError } from '../api/api-error.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { strings } from '../strings.ts';

interface ConversationFaultProps {
  visitor: boolean;
  error: unknown;
  onRetry(): void;
}

/** Instead of a conversation that cannot be shown. */
export function ConversationFault({ visitor, error, onRetry }: ConversationFaultProps) {
  const [dialog, setDialog] = useState(false);
  const missing = error instanceof ApiError && error.status === 404;
  if (!visitor && !missing) {
    return (
      <div className="turns">
        <ErrorBox error={error} onRetry={onRetry} />
      </div>
    );
  }
  return (
    <div className="turns">
      <p className="empty-note">
        {visitor ? strings.conversation.needSignIn : strings.conversation.notYours}
      </p>
      <div className="error-actions">
        {visitor && (
          <button type="button" className="button button-primary" onClick={() => setDialog(true)}>
            {strings.account.signIn}
          </button>
        )}
        <Link href="/" className="button">
          {strings.sessions.fresh}
        </Link>
      </div>
      {dialog && <AccountDialog onClose={() => setDialog(false)} />}
    </div>
  );
}
