import { HINT_KEY } from '../api/token-store.ts';

/** Calls back when another tab has signed in, out or over, also while this one was asleep. */
export function watchOtherTabs(onChanged: () => void): void {
  window.addEventListener('storage', ({ key }) => {
    // No key: everything was cleared.
    if (key === HINT_KEY || key === null) onChanged();
  });
  window.addEventListener('pageshow', ({ persisted }) => {
    if (persisted) onChanged();
  });
  document.addEventListener('visibilitychange', () => {
    if (document.visibilityState === 'visible') onChanged();
  });
}
