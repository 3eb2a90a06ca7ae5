import { useState } from 'react';
import { describeError } from '../layout/describe-error.ts';
import { useAnnounce } from '../layout/notices.tsx';

/**
 * Runs something a button asks for, once at a time. Its failure is announced, unless somebody else
 * wants to tell it: a dialog lies over the announcements.
 */
export function useAction(onFailed?: (error: unknown) => void) {
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  async function run(action: () => Promise<void>): Promise<void> {
    if (busy) return;
    setBusy(true);
    try {
      await action();
    } catch (error) {
      if (onFailed) onFailed(error);
      else announce(describeError(error).text);
    } finally {
      setBusy(false);
    }
  }
  return { busy, run, announce };
}
