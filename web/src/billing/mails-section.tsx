import { useState } from 'react';
import type { User } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { ProfileRow, ProfileSection } from '../profile/profile-section.tsx';
import { useServices } from '../state/services.tsx';
import { useResource } from '../state/use-resource.ts';
import { strings } from '../strings.ts';

const words = strings.billingMails;
const PATH = '/api/billing/mails';

interface MailSettings {
  enabled: boolean;
}

/** Statements and reminders, wanted or not. Nothing where the server does not tell. */
export function MailsSection({ user }: { user: User }) {
  const { client } = useServices();
  const [kept] = useResource<MailSettings>(PATH);
  const [changed, setChanged] = useState<MailSettings | null>(null);
  const { busy, run } = useAction();
  if (kept.state !== 'ready') return null;
  const { enabled } = changed ?? kept.data;
  const turn = () =>
    run(async () => {
      const body: MailSettings = { enabled: !enabled };
      setChanged(await client.call<MailSettings>(PATH, { method: 'PUT', body }));
    });
  return (
    <ProfileSection title={words.title} lead={words.lead}>
      <ProfileRow
        label={words.label}
        action={
          <button
            type="button"
            className="button button-small"
            disabled={busy}
            onClick={() => void turn()}
          >
            {enabled ? words.turnOff : words.turnOn}
          </button>
        }
      >
        <span role="status">{enabled ? words.on : words.off}</span>
        {enabled && !user.emailVerified && <span className="fine-print">{words.noEmail}</span>}
      </ProfileRow>
    </ProfileSection>
  );
}
