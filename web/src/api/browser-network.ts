import type { Network } from './network.ts';

/** A phone that slept longer than this may have lost its lines without noticing. */
const SLEPT_MS = 5000;

export function browserNetwork(page: Window): Network {
  let hiddenAt: number | null = null;
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of listeners) listener();
  };
  page.addEventListener('online', tell);
  page.addEventListener('offline', tell);
  page.document.addEventListener('visibilitychange', () => {
    const hidden = page.document.visibilityState === 'hidden';
    if (!hidden && hiddenAt !== null && Date.now() - hiddenAt > SLEPT_MS) tell();
    hiddenAt = hidden ? Date.now() : null;
  });
  return {
    online: () => page.navigator.onLine,
    watch(onChange) {
      listeners.add(onChange);
      return () => listeners.delete(onChange);
    },
  };
}
