import { useSyncExternalStore } from 'react';

/** Wide enough for a side column next to the text; the same number stands in style/layout.css. */
export const WIDE = '(min-width: 960px)';

export function useMediaQuery(query: string): boolean {
  return useSyncExternalStore(
    (listener) => {
      const list = window.matchMedia(query);
      list.addEventListener('change', listener);
      return () => list.removeEventListener('change', listener);
    },
    () => window.matchMedia(query).matches,
  );
}
