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
  const { sessions } = useServices();
  const { items } = useObservable(sessions.state);
  const wide = useMediaQuery(WIDE);
  usePageTitle(items.find((session) => session.id === sessionId)?.title);
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
