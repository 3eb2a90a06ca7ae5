import { ApiError } from '../api/api-error.ts';
import { describeError } from '../layout/describe-error.ts';
import { strings } from '../strings.ts';
import { otherFaults } from './field-fault.ts';
import { formatWait } from './wait.ts';

interface FormErrorProps {
  error: unknown;
  /** Names of the fields: they tell their own faults. */
  fields: readonly string[];
  /** Seconds until it may be tried again; see `useWait`. */
  wait?: number;
}

function textOf(error: unknown, fields: readonly string[]): string | null {
  if (error === null) return null;
  if (error instanceof ApiError && error.details.length > 0) {
    return otherFaults(error, fields).join('；') || null;
  }
  if (error instanceof ApiError && error.retryAfterSeconds !== null && error.status === 429) {
    // A number that stands still beside one that counts down would be read as another wait.
    const counts = error.message.includes(`${error.retryAfterSeconds}`);
    return counts || error.message === '' ? strings.account.tooOften : error.message;
  }
  const { text, requestId } = describeError(error);
  return requestId ? `${text} ${strings.requestId(requestId)}` : text;
}

export function FormError({ error, fields, wait = 0 }: FormErrorProps) {
  const text = textOf(error, fields);
  if (text === null) return null;
  return (
    <div className="form-error">
      <p role="alert">{text}</p>
      {/* Outside the alert, or it would be read out every second. */}
      {wait > 0 && <p className="form-wait">{strings.account.wait(formatWait(wait))}</p>}
    </div>
  );
}
