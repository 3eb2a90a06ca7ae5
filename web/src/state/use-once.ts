import { useEffect, useRef } from 'react';

/** For what must happen exactly once, even where React mounts a component twice to test it. */
export function useOnce(work: () => void): void {
  const done = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: once means once.
  useEffect(() => {
    if (done.current) return;
    done.current = true;
    work();
  }, []);
}
