import type { KeyValueStorage } from '../api/key-value-storage.ts';
import { createKeptChoice, type KeptChoice } from '../state/kept-choice.ts';

/** `system`: as the device has it. */
export type Theme = 'system' | 'light' | 'dark';

export const THEMES: readonly Theme[] = ['system', 'light', 'dark'];

export type ThemeChoice = KeptChoice<Theme>;

export function readTheme(value: string | null): Theme {
  return THEMES.find((theme) => theme === value) ?? 'system';
}

export function createThemeChoice(
  storage: KeyValueStorage | null,
  show: (theme: Theme) => void,
): ThemeChoice {
  const kept = createKeptChoice(storage, 'guoxue.theme', readTheme);
  show(kept.state.get());
  return {
    state: kept.state,
    choose(theme) {
      kept.choose(theme);
      show(theme);
    },
  };
}
