import { Link, useLocation } from 'wouter';
import { AccountMenu } from '../account/account-menu.tsx';
import { ScriptToggle } from '../script/script-toggle.tsx';
import { strings } from '../strings.ts';
import { ThemeToggle } from '../theme/theme-toggle.tsx';
import { Icon } from './icon.tsx';

interface SiteHeaderProps {
  /** Null where the list of sessions stands beside the text anyway. */
  onMenu: (() => void) | null;
}

export function SiteHeader({ onMenu }: SiteHeaderProps) {
  const [path] = useLocation();
  const inLibrary = path.startsWith('/library');
  const asking = path === '/' || path.startsWith('/s/');
  return (
    <header className="site-header">
      {onMenu && (
        <button
          type="button"
          className="icon-button"
          aria-label={strings.nav.menu}
          onClick={onMenu}
        >
          <Icon name="menu" />
        </button>
      )}
      <Link href="/" className="brand">
        <Seal />
        <span className="brand-name">{strings.brand}</span>
      </Link>
      <nav className="site-nav" aria-label={strings.nav.label}>
        <Link href="/" aria-current={asking ? 'page' : undefined} className="nav-ask">
          {strings.nav.ask}
        </Link>
        <Link href="/library" aria-current={inLibrary ? 'page' : undefined}>
          {strings.nav.library}
        </Link>
      </nav>
      <div className="site-tools">
        <ThemeToggle />
        <ScriptToggle />
        <AccountMenu />
      </div>
    </header>
  );
}

function Seal() {
  return (
    <svg className="seal" viewBox="0 0 32 32" aria-hidden="true">
      <rect x="1" y="1" width="30" height="30" rx="4" />
      <path d="M8 7h16v18H8zM11.5 11.5h9M11.5 20.5h9M16 11.5v9M12.5 16h7" />
    </svg>
  );
}
