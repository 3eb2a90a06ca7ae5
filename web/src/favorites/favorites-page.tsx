import { Link } from 'wouter';
import { SignInPage } from '../account/sign-in-page.tsx';
import type { Favorite, Message } from '../api/types.ts';
import { firstWords } from '../conversation/source-name.ts';
import { MESSAGE_PARAMETER } from '../conversation/use-reveal.ts';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { Paged } from '../layout/paged.tsx';
import { dayOf } from '../profile/when.ts';
import { useConvert } from '../script/use-convert.ts';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { usePageTitle } from '../state/use-page-title.ts';
import { usePagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { plainWords } from './plain-words.ts';

const words = strings.favorites;
const FIRST_WORDS = 120;

export function FavoritesPage() {
  const { account } = useServices();
  const { user, phase } = useObservable(account.state);
  usePageTitle(words.title);
  if (phase === 'visitor') return <SignInPage />;
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column favorites">
        <header className="page-heading">
          <h1>{words.title}</h1>
          <p>{words.lead}</p>
        </header>
        {user && <Favorites />}
      </div>
    </main>
  );
}

function Favorites() {
  const list = usePagedList<Favorite>('/api/favorites?limit=30');
  const changed = (favorite: Favorite) => (message: Message) =>
    list.replace(({ message: { id } }) => id === message.id, { ...favorite, message });
  return (
    <Paged list={list} empty={words.empty}>
      {(favorites) => (
        <ul className="favorite-items">
          {favorites.map((favorite) => (
            <FavoriteItem
              key={favorite.message.id}
              favorite={favorite}
              onChanged={changed(favorite)}
            />
          ))}
        </ul>
      )}
    </Paged>
  );
}

interface FavoriteItemProps {
  favorite: Favorite;
  onChanged(message: Message): void;
}

function FavoriteItem({ favorite, onChanged }: FavoriteItemProps) {
  const convert = useConvert();
  const { message, question, favoritedAt } = favorite;
  const title = favorite.sessionTitle || strings.sessions.untitled;
  return (
    <li className="favorite-item">
      <Link
        href={`/s/${message.sessionId}?${MESSAGE_PARAMETER}=${message.id}`}
        aria-label={words.openOf(title)}
      >
        {question && <strong>{question}</strong>}
        <span className="favorite-words">
          {convert(firstWords(plainWords(message.content), FIRST_WORDS))}
        </span>
        <span className="fine-print">
          {words.from(title, dayOf(favoritedAt))}
          {message.role === 'assistant' && ` · ${strings.conversation.disclaimer}`}
        </span>
      </Link>
      <Star message={message} onChanged={onChanged} />
    </li>
  );
}

/** Taken off, it stays in the list until that is left: one press too many can be undone. */
function Star({ message, onChanged }: { message: Message; onChanged(message: Message): void }) {
  const { client } = useServices();
  const { busy, run } = useAction();
  const { id, favorite } = message;
  const toggle = () =>
    run(async () => {
      const method = favorite ? 'DELETE' : 'PUT';
      onChanged(await client.call<Message>(`/api/messages/${id}/favorite`, { method }));
    });
  return (
    <button
      type="button"
      className="icon-button favor-button"
      aria-label={strings.actions.favor}
      title={favorite ? strings.actions.unfavor : strings.actions.favor}
      aria-pressed={favorite}
      aria-disabled={busy}
      onClick={() => void toggle()}
    >
      <Icon name="star" />
    </button>
  );
}
