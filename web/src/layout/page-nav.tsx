import { useEffect, useRef } from 'react';
import { Link, useLocation } from 'wouter';

interface PageNavProps {
  label: string;
  pages: readonly (readonly [href: string, title: string])[];
}

/** The pages of one area in a row; on a phone it is pushed along with a finger. */
export function PageNav({ label, pages }: PageNavProps) {
  const [path] = useLocation();
  // The nearest above: a page of one thing belongs to the list of all.
  const current = pages
    .map(([href]) => href)
    .filter((href) => path === href || path.startsWith(`${href}/`))
    .sort((a, b) => b.length - a.length)[0];
  const row = useRef<HTMLElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page, another link to bring into view.
  useEffect(() => {
    const link = row.current?.querySelector<HTMLElement>('[aria-current]');
    if (!row.current || !link) return;
    row.current.scrollLeft = link.offsetLeft - (row.current.clientWidth - link.clientWidth) / 2;
  }, [path]);
  return (
    <nav className="page-nav" aria-label={label} ref={row}>
      {pages.map(([href, title]) => (
        <Link key={href} href={href} aria-current={href === current ? 'page' : undefined}>
          {title}
        </Link>
      ))}
    </nav>
  );
}
