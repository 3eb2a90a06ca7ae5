import type { ReactNode } from 'react';
import { strings } from '../strings.ts';
import { describeError } from './describe-error.ts';

interface ErrorBoxProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  /** What trying again is called here. */
  retryText?: string;
  children?: ReactNode;
}

/** What went wrong and what to do about it. */
export function ErrorBox({ error, onRetry, retryText, children }: ErrorBoxProps) {
  const { text, requestId } = describeError(error);
  return (
    <div className="error-box" role="alert">
      <p>{text}</p>
      {requestId && <p className="fine-print">{strings.requestId(requestId)}</p>}
      {(onRetry || children) && (
        <div className="error-actions">
          {onRetry && (
            <button type="button" className="button" onClick={onRetry}>
              {retryText ?? strings.retry}
            </button>
          )}
          {children}
        </div>
      )}
    </div>
  );
}
