import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** The passage that is open beside the page stands in the address, so that 后退 closes it. */
const PARAMETER = 'read';

export interface Reader {
  passageId: string | null;
  open(passageId: string): void;
  close(): void;
}

function withPassage(before: URLSearchParams, passageId: string | null): URLSearchParams {
  const after = new URLSearchParams(before);
  if (passageId === null) after.delete(PARAMETER);
  else after.set(PARAMETER, passageId);
  return after;
}

export function useReader(): Reader {
  const [parameters, setParameters] = useSearchParams();
  // Whatever else the address says, a search for instance, stays.
  const open = useCallback(
    (passageId: string) => setParameters((before) => withPassage(before, passageId)),
    [setParameters],
  );
  const close = useCallback(
    () => setParameters((before) => withPassage(before, null), { replace: true }),
    [setParameters],
  );
  return { passageId: parameters.get(PARAMETER), open, close };
}
