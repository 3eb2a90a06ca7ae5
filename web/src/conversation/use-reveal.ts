import { useEffect } from 'react';
import { useSearchParams } from 'wouter';
import { describeError } from '../layout/describe-error.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { turnId } from './question-view.tsx';

/** How a link says which message of a conversation it means: /s/…?m=… */
export const MESSAGE_PARAMETER = 'm';
const SHOWN_MS = 2500;

/** Brings a message into view and marks it for a moment, so that the eye finds it. */
function show(id: string): void {
  const turn = document.getElementById(id);
  if (turn === null) return;
  turn.scrollIntoView({ block: 'start' });
  // What comes into view takes its true height only now.
  requestAnimationFrame(() => turn.scrollIntoView({ block: 'start' }));
  turn.classList.add('revealed');
  setTimeout(() => turn.classList.remove('revealed'), SHOWN_MS);
}

/** Goes to the message the address names, however far back it is. */
export function useReveal(sessionId: string, ready: boolean, stay: () => void): void {
  const { conversations } = useServices();
  const announce = useAnnounce();
  const [address, setAddress] = useSearchParams();
  const messageId = address.get(MESSAGE_PARAMETER);
  useEffect(() => {
    if (messageId === null || !ready) return;
    stay();
    conversations.reveal(sessionId, messageId).then(
      (foundId) => {
        if (foundId === null) announce(strings.favorites.gone);
        else requestAnimationFrame(() => show(turnId(foundId)));
        setAddress({}, { replace: true });
      },
      (error: unknown) => announce(describeError(error).text),
    );
  }, [conversations, sessionId, messageId, ready, stay, announce, setAddress]);
}
