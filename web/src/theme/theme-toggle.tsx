import { Icon, type IconName } from '../layout/icon.tsx';
import { useObservable } from '../state/observable.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { THEMES, type Theme } from './theme-choice.ts';

const words = strings.theme;
const ICONS: Readonly<Record<Theme, IconName>> = { system: 'half', light: 'sun', dark: 'moon' };

/** One press further: as the device has it, light, dark. */
export function ThemeToggle({ named = false }: { named?: boolean }) {
  const { theme: choice } = useServices();
  const theme = useObservable(choice.state);
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? 'system';
  const label = words.label(words.names[theme]);
  return (
    <button
      type="button"
      className={named ? 'side-link theme-named' : 'icon-button theme-toggle'}
      aria-label={label}
      title={label}
      onClick={() => choice.choose(next)}
    >
      <Icon name={ICONS[theme]} />
      {named && <span>{label}</span>}
    </button>
  );
}
