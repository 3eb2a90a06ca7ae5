import type { Theme } from './theme-choice.ts';

/** Beside style/tokens.css, the colour of the browser's own bars follows the choice. */
export function showTheme(theme: Theme): void {
  const root = document.documentElement;
  if (theme === 'system') delete root.dataset.theme;
  else root.dataset.theme = theme;
  for (const bar of document.querySelectorAll<HTMLMetaElement>('meta[name="theme-color"]')) {
    bar.dataset.media ??= bar.media;
    const own = bar.dataset.media ?? '';
    bar.media = theme === 'system' ? own : own.includes(theme) ? 'all' : 'not all';
  }
}
