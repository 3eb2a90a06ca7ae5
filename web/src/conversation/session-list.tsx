import { Link, useLocation } from 'wouter';
import type { ListedSession } from '../api/types.ts';
import { ErrorBox } from '../layout/error-box.tsx';
import { Icon } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import { groupSessions } from './session-groups.ts';
import { SessionItem } from './session-item.tsx';
import type { SessionListState } from './session-list-store.ts';
import { SessionSearch } from './session-search.tsx';

const words = strings.sessions;

interface SessionListProps {
  currentId?: string | null;
  onChosen?: () => void;
}

export function SessionList({ currentId, onChosen }: SessionListProps) {
  const { sessions, account } = useServices();
  const visitor = useObservable(account.state).phase === 'visitor';
  const state = useObservable(sessions.state);
  const { items, nextCursor, phase, error } = state;
  const [path] = useLocation();
  const current = currentId ?? path.match(/^\/s\/(.+)$/)?.[1] ?? null;
  return (
    <div className="session-list">
      <Link href="/" className="button fresh-session" onClick={() => onChosen?.()}>
        <Icon name="plus" />
        {words.fresh}
      </Link>
      {!visitor && <SessionSearch />}
      <nav aria-label={words.label} aria-busy={phase === 'loading'}>
        {groupsOf(state).map(([heading, group]) => (
          <section key={heading}>
            {heading !== '' && <h3 className="quiet-heading">{heading}</h3>}
            <ul>
              {group.map((session) => (
                <SessionItem
                  key={session.id}
                  session={session}
                  current={session.id === current}
                  sought={state.filter.q}
                  onChosen={onChosen}
                />
              ))}
            </ul>
          </section>
        ))}
      </nav>
      {phase === 'failed' && <ErrorBox error={error} onRetry={() => void sessions.reload()} />}
      {items.length === 0 && (visitor || phase === 'ready') && (
        <p className="fine-print session-empty" role="status">
          {emptyNote(state)}
        </p>
      )}
      {nextCursor !== null && phase === 'ready' && (
        <button type="button" className="text-button" onClick={() => void sessions.loadMore()}>
          {strings.loadMore}
        </button>
      )}
      <div className="session-foot">
        <Link href="/favorites" className="side-link" onClick={() => onChosen?.()}>
          <Icon name="star" />
          <span>{strings.favorites.title}</span>
        </Link>
        <ThemeToggle named />
      </div>
    </div>
  );
}

/** By age; what was found stands in the order of finding. */
function groupsOf({ filter, items }: SessionListState): [string, ListedSession[]][] {
  if (filter.q !== '') return [['', items]];
  return groupSessions(items, new Date()).map((group) => [words.age[group.age], group.items]);
}

function emptyNote({ filter }: SessionListState): string {
  if (filter.q !== '') return words.notFound(filter.q);
  return filter.archived ? words.emptyArchive : words.empty;
}
