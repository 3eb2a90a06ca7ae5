import { useState } from 'react';
import { AccountForms, type Mode } from '../account/account-forms.tsx';
import type { User } from '../api/types.ts';
import { strings } from '../strings.ts';
import type { Closed } from './close-dialog.tsx';
import { OwnDataSection } from './own-data-section.tsx';

const words = strings.profile;

/** A guest has nothing to manage yet: signing up comes first. */
export function GuestProfile(props: { user: User; onClosed(closed: Closed): void }) {
  const [mode, setMode] = useState<Mode>('sign-up');
  return (
    <>
      <header className="page-heading">
        <h1>{words.guestTitle}</h1>
        <p>{words.guestLead}</p>
      </header>
      <section className="card-leaf guest-forms" aria-label={strings.account.signUp}>
        <AccountForms mode={mode} onMode={setMode} onDone={() => undefined} />
      </section>
      <OwnDataSection user={props.user} onClosed={props.onClosed} />
    </>
  );
}
