import { useEffect, useState } from 'react';

/** True until the moment (milliseconds since the epoch) has come. */
export function useBefore(moment: number): boolean {
  const [before, setBefore] = useState(() => Date.now() < moment);
  useEffect(() => {
    const left = moment - Date.now();
    setBefore(left > 0);
    if (left <= 0) return;
    const timer = setTimeout(() => setBefore(false), left);
    return () => clearTimeout(timer);
  }, [moment]);
  return before;
}
