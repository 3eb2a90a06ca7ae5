import type { Mode } from '../api/types.ts';
import { Icon } from '../layout/icon.tsx';
import { MenuItem } from '../layout/menu-item.tsx';
import { Popover } from '../layout/popover.tsx';
import { strings } from '../strings.ts';

const words = strings.modes;
const MODES: readonly Mode[] = ['qa', 'explain', 'translate', 'socratic'];

interface ModePickerProps {
  mode: Mode;
  onChoose(mode: Mode): void;
}

/** How the tutor answers, from the next question on. */
export function ModePicker({ mode, onChoose }: ModePickerProps) {
  return (
    <Popover
      label={words.label(words.names[mode])}
      className="mode-button"
      trigger={
        <>
          {words.names[mode]}
          <Icon name="unfold" />
        </>
      }
    >
      {(close) => (
        <span className="menu">
          <span className="quiet-heading">{words.title}</span>
          {MODES.map((each) => (
            <MenuItem
              key={each}
              name={words.names[each]}
              hint={words.hints[each]}
              chosen={each === mode}
              onChoose={() => {
                close();
                if (each !== mode) onChoose(each);
              }}
            />
          ))}
        </span>
      )}
    </Popover>
  );
}

/** What sets a session apart in the list; the ordinary one has no mark. */
export function ModeMark({ mode }: { mode: Mode }) {
  if (mode === 'qa') return null;
  return (
    <span className="mode-mark" title={words.names[mode]}>
      <span aria-hidden="true">{words.marks[mode]}</span>
      <span className="sr-only">{words.names[mode]}</span>
    </span>
  );
}
