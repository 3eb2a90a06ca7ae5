import { type FormEvent, useId, useState } from 'react';
import { Icon } from '../layout/icon.tsx';

interface SearchFormProps {
  label: string;
  placeholder: string;
  submit: string;
  query: string;
  onSearch(query: string): void;
}

export function SearchForm({ label, placeholder, submit, query, onSearch }: SearchFormProps) {
  const [text, setText] = useState(query);
  const id = useId();
  function send(event: FormEvent): void {
    event.preventDefault();
    onSearch(text.trim());
  }
  return (
    <search>
      <form className="search-form" onSubmit={send}>
        <label htmlFor={id} className="sr-only">
          {label}
        </label>
        <input
          id={id}
          type="search"
          enterKeyHint="search"
          maxLength={254}
          placeholder={placeholder}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
        <button type="submit" className="send-button" aria-label={submit}>
          <Icon name="search" />
        </button>
      </form>
    </search>
  );
}
