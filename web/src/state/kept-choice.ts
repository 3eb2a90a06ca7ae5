import type { KeyValueStorage } from '../api/key-value-storage.ts';
import { createObservable, type Observable } from './observable.ts';

/** What somebody chose in this browser, and finds again. */
export interface KeptChoice<Value extends string> {
  state: Observable<Value>;
  choose(value: Value): void;
}

export function createKeptChoice<Value extends string>(
  storage: KeyValueStorage | null,
  key: string,
  /** Of what is stored, which may be anything. */
  read: (stored: string | null) => Value,
): KeptChoice<Value> {
  const state = createObservable(read(storage?.getItem(key) ?? null));
  return {
    state,
    choose(value) {
      state.set(value);
      try {
        storage?.setItem(key, value);
      } catch {
        // The choice then lasts as long as the page.
      }
    },
  };
}
