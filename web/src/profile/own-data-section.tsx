import { useState } from 'react';
import type { User } from '../api/types.ts';
import { useAction } from '../form/use-action.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { CloseDialog, type Closed } from './close-dialog.tsx';
import { ProfileRow, ProfileSection } from './profile-section.tsx';
import { saveFile } from './save-file.ts';

const words = strings.ownData;

interface OwnDataProps {
  user: User;
  onClosed(closed: Closed): void;
}

export function OwnDataSection({ user, onClosed }: OwnDataProps) {
  const [closing, setClosing] = useState(false);
  const guest = user.role === 'guest';
  return (
    <ProfileSection title={words.title}>
      <ExportRow />
      <ProfileRow
        label={words.closeLabel}
        action={
          <button
            type="button"
            className="button button-small button-danger"
            onClick={() => setClosing(true)}
          >
            {words.close}
          </button>
        }
      >
        <span className="fine-print">{guest ? words.closeGuestLead : words.closeLead}</span>
        {closing && (
          <CloseDialog user={user} onClosed={onClosed} onClose={() => setClosing(false)} />
        )}
      </ProfileRow>
    </ProfileSection>
  );
}

function ExportRow() {
  const { client } = useServices();
  const { busy, run } = useAction();
  const fetchAll = () =>
    run(async () => {
      const data = await client.call<unknown>('/api/user/export');
      const day = new Date().toISOString().slice(0, 10);
      saveFile(words.fileName(day), JSON.stringify(data, null, 2), 'application/json');
    });
  return (
    <ProfileRow
      label={words.exportLabel}
      action={
        <button
          type="button"
          className="button button-small"
          disabled={busy}
          onClick={() => void fetchAll()}
        >
          {busy ? words.exporting : words.exportSubmit}
        </button>
      }
    >
      <span className="fine-print">{words.exportLead}</span>
    </ProfileRow>
  );
}
