import { useState } from 'react';
import type { User } from '../api/types.ts';
import { Field, PasswordField } from '../form/field.tsx';
import { passwordIn, textIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { FormDialog } from './form-dialog.tsx';
import { ProfileRow, RowButton } from './profile-section.tsx';
import { useVerificationMail } from './use-verification-mail.ts';

const words = strings.email;

interface EmailRowProps {
  user: User;
  /** Once the banner that offers the verification mail is gone. */
  offerMail: boolean;
}

export function EmailRow({ user, offerMail }: EmailRowProps) {
  const [open, setOpen] = useState(false);
  const mail = useVerificationMail();
  const change = user.email === null ? words.add : words.change;
  return (
    <ProfileRow
      label={words.label}
      action={
        <RowButton text={change} label={change + words.label} onClick={() => setOpen(true)} />
      }
    >
      <span className="profile-email">{user.email ?? words.none}</span>
      {user.email !== null && (
        <span className={user.emailVerified ? 'tag tag-good' : 'tag'}>
          {user.emailVerified ? words.verified : words.unverified}
        </span>
      )}
      {offerMail && (
        <button
          type="button"
          className="text-button"
          disabled={mail.busy}
          onClick={() => void mail.send()}
        >
          {strings.profile.sendVerification}
        </button>
      )}
      {open && <EmailDialog user={user} onClose={() => setOpen(false)} />}
    </ProfileRow>
  );
}

function EmailDialog({ user, onClose }: { user: User; onClose(): void }) {
  const { client } = useServices();
  const announce = useAnnounce();
  const submitting = useSubmit(async (data) => {
    const email = textIn(data, 'email');
    const password = passwordIn(data);
    const body = password === '' ? { email } : { email, password };
    await client.call('/api/user/email', { method: 'PUT', body });
    announce(words.sent(email));
    onClose();
  });
  const { error } = submitting;
  return (
    <FormDialog
      title={user.email === null ? words.addTitle : words.changeTitle}
      {...{ submit: words.submit, lead: words.lead, submitting, onClose }}
      fields={['email', 'password']}
    >
      <Field
        {...{ name: 'email', type: 'email', label: words.field, error, first: true }}
        autoComplete="email"
      />
      {user.hasPassword && (
        <PasswordField
          {...{ name: 'password', label: words.currentPassword, error }}
          autoComplete="current-password"
          required
        />
      )}
    </FormDialog>
  );
}
