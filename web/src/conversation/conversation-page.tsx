import { useEffect } from 'react';
import { ReaderColumn } from '../reader/reader-column.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { useMediaQuery, WIDE } from '../state/use-media-query.ts';
import { usePageTitle } from '../state/use-page-title.ts';
import { strings } from '../strings.ts';
import { Conversation } from './conversation.tsx';
import { SessionList } from './session-list.tsx';
import { Welcome } from './welcome.tsx';

/** Sessions at the left, the conversation in the middle, the opened source at the right. */
export function ConversationPage({ sessionId }: { sessionId: string | null }) {
  const { sessions, account } = useServices();
  const { known } = useObservable(sessions.state);
  const { user } = useObservable(account.state);
  const wide = useMediaQuery(WIDE);
  usePageTitle(sessionId === null ? null : known[sessionId]?.title);
  const userId = user?.id;
  useEffect(() => {
    if (sessionId !== null && userId !== undefined) void sessions.meet(sessionId);
  }, [sessions, sessionId, userId]);
  return (
    <div className="workspace">
      {wide && (
        <aside className="sidebar" aria-label={strings.sessions.label}>
          <SessionList currentId={sessionId} />
        </aside>
      )}
      <main id="main" tabIndex={-1} className="conversation">
        {sessionId === null ? <Welcome /> : <Conversation sessionId={sessionId} />}
      </main>
      <ReaderColumn />
    </div>
  );
}
