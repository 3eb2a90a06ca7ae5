import { strings } from '../strings.ts';
import { useVerificationMail } from './use-verification-mail.ts';

const words = strings.profile;

/** Only here, and only until it is waved away. */
export function UnverifiedBanner({ email, onDismiss }: { email: string; onDismiss(): void }) {
  const mail = useVerificationMail();
  return (
    <aside className="banner">
      <p>{words.unverifiedBanner(email)}</p>
      <div className="banner-actions">
        <button
          type="button"
          className="text-button"
          disabled={mail.busy}
          onClick={() => void mail.send()}
        >
          {words.sendVerification}
        </button>
        <button type="button" className="text-button quiet" onClick={onDismiss}>
          {words.dismiss}
        </button>
      </div>
    </aside>
  );
}
