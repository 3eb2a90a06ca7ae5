import { useCallback, useState } from 'react';
import { useServices } from '../state/services.tsx';

/** What stands in the question box of a place; a reload finds it again. */
export function useDraft(place: string): [string, (text: string) => void] {
  const { unsent } = useServices();
  const [content, setContent] = useState(() => unsent.draft(place));
  const write = useCallback(
    (text: string) => {
      setContent(text);
      unsent.keepDraft(place, text);
    },
    [unsent, place],
  );
  return [content, write];
}
