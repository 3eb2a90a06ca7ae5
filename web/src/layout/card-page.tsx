import type { ReactNode } from 'react';
import { usePageTitle } from '../state/use-page-title.ts';

interface CardPageProps {
  title: string;
  children: ReactNode;
}

/** One small matter on a leaf of its own. */
export function CardPage({ title, children }: CardPageProps) {
  usePageTitle(title);
  return (
    <main id="main" tabIndex={-1} className="plain-page card-page">
      <section className="card-leaf" aria-labelledby="card-title">
        <h1 id="card-title">{title}</h1>
        {children}
      </section>
    </main>
  );
}
