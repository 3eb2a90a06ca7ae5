import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

interface PageNavProps {
  label: string;
  pages: readonly (readonly [href: string, title: string])[];
}

/** The pages of one area in a row; on a phone it is pushed along with a finger. */
export function PageNav({ label, pages }: PageNavProps) {
  const [path] = useLocation();
  const row = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page, another link to bring into view.
  useEffect(() => {
    const current = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (!row.current || !current) return;
    row.current.scrollLeft =
      current.offsetLeft - (row.current.clientWidth - current.clientWidth) / 2;
  }, [path]);
  return (
    <nav className="page-nav" aria-label={label} ref={row}>
      {pages.map(([href, title]) => (
        <Link key={href} href={href} aria-current={path === href ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
