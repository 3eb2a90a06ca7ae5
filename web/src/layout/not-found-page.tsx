import { Link } from 'wouter';
import { strings } from '../strings.ts';

export function NotFoundPage() {
  return (
    <main id="main" tabIndex={-1} className="plain-page">
      <div className="plain-column">
        <p className="empty-note">{strings.errors.pageMissing}</p>
        <Link href="/" className="button">
          {strings.errors.goHome}
        </Link>
      </div>
    </main>
  );
}
