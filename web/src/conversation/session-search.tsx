import { useEffect, useId, useRef, useState } from 'react';
import { Icon } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.sessions;
/** Somebody is still typing. */
const TYPING_MS = 300;
const LIMIT = 100;

/** Finds sessions by their title and by what was said; without words, one of the two shelves. */
export function SessionSearch() {
  const { sessions } = useServices();
  const { filter } = useObservable(sessions.state);
  const [text, setText] = useState(filter.q);
  const id = useId();
  const timer = useRef<ReturnType<typeof setTimeout>>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);

  function search(typed: string): void {
    clearTimeout(timer.current);
    const q = typed.trim();
    if (q !== filter.q) void sessions.narrow({ q });
  }

  return (
    <search className="session-search">
      <form
        onSubmit={(event) => {
          event.preventDefault();
          search(text);
        }}
      >
        <label htmlFor={id} className="sr-only">
          {words.search}
        </label>
        <Icon name="search" />
        <input
          id={id}
          type="search"
          enterKeyHint="search"
          maxLength={LIMIT}
          placeholder={words.searchPlaceholder}
          value={text}
          onChange={(event) => {
            const typed = event.target.value;
            setText(typed);
            clearTimeout(timer.current);
            timer.current = setTimeout(() => search(typed), TYPING_MS);
          }}
        />
      </form>
      {filter.q === '' && <Shelves />}
    </search>
  );
}

function Shelves() {
  const { sessions } = useServices();
  const { filter } = useObservable(sessions.state);
  return (
    <fieldset className="session-views">
      <legend className="sr-only">{words.views}</legend>
      {([false, true] as const).map((archived) => (
        <button
          key={String(archived)}
          type="button"
          aria-pressed={filter.archived === archived}
          onClick={() => {
            if (filter.archived !== archived) void sessions.narrow({ archived });
          }}
        >
          {archived ? words.archived : words.active}
        </button>
      ))}
    </fieldset>
  );
}
