import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import type { Session } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { Icon } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { RemoveDialog, RenameDialog } from './session-dialogs.tsx';
import { groupSessions } from './session-groups.ts';
import { titleOf } from './session-title.ts';

const words = strings.sessions;

interface SessionListProps {
  currentId?: string | null;
  onChosen?: () => void;
}

export function SessionList({ currentId, onChosen }: SessionListProps) {
  const { sessions, account } = useServices();
  const visitor = useObservable(account.state).phase === 'visitor';
  const { items, nextCursor, phase, error } = useObservable(sessions.state);
  const [path] = useLocation();
  const current = currentId ?? path.match(/^\/s\/(.+)$/)?.[1] ?? null;
  return (
    <div className="session-list">
      <Link href="/" className="button fresh-session" onClick={() => onChosen?.()}>
        <Icon name="plus" />
        {words.fresh}
      </Link>
      <nav aria-label={words.label}>
        {groupSessions(items, new Date()).map((group) => (
          <section key={group.age}>
            <h3 className="quiet-heading">{words.age[group.age]}</h3>
            <ul>
              {group.items.map((session) => (
                <SessionItem
                  key={session.id}
                  session={session}
                  current={session.id === current}
                  onChosen={onChosen}
                />
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {phase === 'failed' && <ErrorBox error={error} onRetry={() => void sessions.reload()} />}
      {items.length === 0 && (visitor || phase === 'ready') && (
        <p className="fine-print session-empty">{words.empty}</p>
      )}
      {nextCursor !== null && phase === 'ready' && (
        <button type="button" className="text-button" onClick={() => void sessions.loadMore()}>
          {strings.loadMore}
        </button>
      )}
    </div>
  );
}

interface SessionItemProps {
  session: Session;
  current: boolean;
  onChosen: (() => void) | undefined;
}

function SessionItem({ session, current, onChosen }: SessionItemProps) {
  const [dialog, setDialog] = useState<'rename' | 'remove' | null>(null);
  const title = titleOf(session);
  const close = () => setDialog(null);
  return (
    <li className="session-item">
      <Link
        href={`/s/${session.id}`}
        aria-current={current ? 'page' : undefined}
        onClick={() => onChosen?.()}
      >
        {title}
      </Link>
      <button
        type="button"
        className="icon-button"
        aria-label={words.renameOf(title)}
        title={words.rename}
        onClick={() => setDialog('rename')}
      >
        <Icon name="pencil" />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={words.removeOf(title)}
        title={words.remove}
        onClick={() => setDialog('remove')}
      >
        <Icon name="trash" />
      </button>
      {dialog === 'rename' && <RenameDialog session={session} onClose={close} />}
      {dialog === 'remove' && <RemoveDialog session={session} current={current} onClose={close} />}
    </li>
  );
}
