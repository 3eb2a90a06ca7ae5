import { useCallback } from 'react';
import { useSearchParams } from 'wouter';

/** The passage that is open beside the page stands in the address, so that 后退 closes it. */
const PARAMETER = 'read';

export interface Reader {
  passageId: string | null;
  open(passageId: string): void;
  close(): void;
}

export function useReader(): Reader {
  const [parameters, setParameters] = useSearchParams();
  const open = useCallback(
    (passageId: string) => setParameters({ [PARAMETER]: passageId }),
    [setParameters],
  );
  const close = useCallback(() => setParameters({}, { replace: true }), [setParameters]);
  return { passageId: parameters.get(PARAMETER), open, close };
}
