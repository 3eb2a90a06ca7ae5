import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

/** Shown while a stored login could not be taken up because the server does not answer. */
export function UnreachableBar() {
  const { account } = useServices();
  const { phase } = useObservable(account.state);
  if (phase !== 'unreachable') return null;
  return (
    <div className="unreachable-bar" role="alert">
      <span>{strings.errors.unreachable}</span>
      <button type="button" className="text-button" onClick={() => void account.restore()}>
        {strings.retry}
      </button>
    </div>
  );
}
