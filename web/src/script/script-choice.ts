import { createObservable, type Observable } from '../state/observable.ts';
import { type Convert, readScript, type Script } from './classical-script.ts';
import { loadConverter } from './load-converter.ts';

const STORAGE_KEY = 'guoxue.script';

export interface ScriptState {
  script: Script;
  /** Leaves text as it is until the dictionary has arrived, and for good if it cannot be fetched. */
  convert: Convert;
}

export interface ScriptChoice {
  state: Observable<ScriptState>;
  choose(script: Script): void;
}

const asIs: Convert = (text) => text;

export function createScriptChoice(storage: Storage | null): ScriptChoice {
  const state = createObservable<ScriptState>({
    script: readScript(storage?.getItem(STORAGE_KEY) ?? null),
    convert: asIs,
  });

  async function load(script: Script): Promise<void> {
    const convert = await loadConverter(script).catch(() => asIs);
    if (state.get().script === script) state.set({ script, convert });
  }

  void load(state.get().script);
  return {
    state,
    choose(script) {
      state.set({ script, convert: asIs });
      try {
        storage?.setItem(STORAGE_KEY, script);
      } catch {
        // The choice then lasts as long as the page.
      }
      void load(script);
    },
  };
}
