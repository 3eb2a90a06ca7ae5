import { type FormEvent, useId, useState } from 'react';
import { Icon } from '../layout/icon.tsx';
import { strings } from '../strings.ts';
import { Choice } from './choice.tsx';
import { withChoice } from './list-query.ts';

const words = strings.users;
const ALL = { '': strings.admin.all };

interface UserFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
}

export function UserFilters({ address, onChange }: UserFiltersProps) {
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  return (
    <div className="filters">
      <UserSearch query={address.get('q') ?? ''} onSearch={choice('q').onChoose} />
      <fieldset className="filter-choices">
        <legend className="sr-only">{strings.admin.filter}</legend>
        <Choice label={words.role} options={{ ...ALL, ...words.roles }} {...choice('role')} />
        <Choice label={words.plan} options={{ ...ALL, ...words.plans }} {...choice('plan')} />
        <Choice label={words.state} options={{ ...ALL, ...words.states }} {...choice('disabled')} />
      </fieldset>
    </div>
  );
}

function UserSearch({ query, onSearch }: { query: string; onSearch(query: string): void }) {
  const [text, setText] = useState(query);
  const id = useId();
  function submit(event: FormEvent): void {
    event.preventDefault();
    onSearch(text.trim());
  }
  return (
    <search>
      <form className="search-form" onSubmit={submit}>
        <label htmlFor={id} className="sr-only">
          {words.search}
        </label>
        <input
          id={id}
          type="search"
          enterKeyHint="search"
          maxLength={254}
          placeholder={words.searchPlaceholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="send-button" aria-label={words.submit}>
          <Icon name="search" />
        </button>
      </form>
    </search>
  );
}
