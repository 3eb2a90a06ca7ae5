import type { Message } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { Icon } from '../layout/icon.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';

const words = strings.versions;

interface VersionSwitcherProps {
  /** The newest answer, under which the others are kept. */
  current: Message;
  shown: Message;
}

/** ‹ 2/3 › between the answers to one question. */
export function VersionSwitcher({ current, shown }: VersionSwitcherProps) {
  const { conversations } = useServices();
  const { busy, run } = useAction();
  const turn = (step: 1 | -1) => run(() => conversations.turn(current, step));
  const { version } = shown;
  const { versions } = current;
  return (
    <fieldset className="version-switcher">
      <legend className="sr-only">{words.label}</legend>
      <button
        type="button"
        className="icon-button"
        aria-label={words.before}
        disabled={version <= 1}
        aria-disabled={busy}
        onClick={() => void turn(-1)}
      >
        <Icon name="left" />
      </button>
      <span role="status">
        <span aria-hidden="true">{words.mark(version, versions)}</span>
        <span className="sr-only">{words.place(version, versions)}</span>
      </span>
      <button
        type="button"
        className="icon-button"
        aria-label={words.after}
        disabled={version >= versions}
        aria-disabled={busy}
        onClick={() => void turn(1)}
      >
        <Icon name="right" />
      </button>
    </fieldset>
  );
}
