import { type ReactNode, useEffect, useRef } from 'react';
import { usePageTitle } from '../state/use-page-title.ts';

interface CardPageProps {
  title: string;
  children: ReactNode;
}

/** One small matter on a leaf of its own; when it turns into the next one, the title is read out. */
export function CardPage({ title, children }: CardPageProps) {
  const heading = useRef<HTMLHeadingElement>(null);
  const shown = useRef(title);
  usePageTitle(title);
  useEffect(() => {
    if (shown.current === title) return;
    shown.current = title;
    heading.current?.focus();
  }, [title]);
  return (
    <main id="main" tabIndex={-1} className="plain-page card-page">
      <section className="card-leaf" aria-labelledby="card-title">
        <h1 id="card-title" ref={heading} tabIndex={-1}>
          {title}
        </h1>
        {children}
      </section>
    </main>
  );
}
