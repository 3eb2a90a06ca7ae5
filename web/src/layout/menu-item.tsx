import type { IconName } from './icon.tsx';
import { Icon } from './icon.tsx';

interface MenuItemProps {
  name: string;
  hint?: string;
  icon?: IconName;
  /** For one of several, of which one holds. */
  chosen?: boolean;
  onChoose(): void;
}

/** One thing to choose in a popover; of spans, as that is. */
export function MenuItem({ name, hint, icon, chosen, onChoose }: MenuItemProps) {
  return (
    <button type="button" className="menu-item" aria-pressed={chosen} onClick={onChoose}>
      {icon && <Icon name={icon} />}
      <span>
        <span className="menu-name">{name}</span>
        {hint && <span className="fine-print">{hint}</span>}
      </span>
    </button>
  );
}
