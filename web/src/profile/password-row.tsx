import { useState } from 'react';
import type { User } from '../api/types.ts';
import { PasswordField } from '../form/field.tsx';
import { passwordIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { FormDialog } from './form-dialog.tsx';
import { ProfileRow, RowButton } from './profile-section.tsx';

const words = strings.passwordChange;

interface PasswordRowProps {
  user: User;
  /** Other devices have been logged out by it. */
  onChanged(): void;
}

export function PasswordRow({ user, onChanged }: PasswordRowProps) {
  const [open, setOpen] = useState(false);
  const action = (
    <RowButton
      text={strings.profile.change}
      label={strings.profile.change + words.label}
      onClick={() => setOpen(true)}
    />
  );
  return (
    <ProfileRow label={words.label} action={user.email === null ? undefined : action}>
      <span className="fine-print">{user.email === null ? words.noEmail : words.hidden}</span>
      {open && <PasswordDialog user={user} onChanged={onChanged} onClose={() => setOpen(false)} />}
    </ProfileRow>
  );
}

function PasswordDialog(props: PasswordRowProps & { onClose(): void }) {
  const { client } = useServices();
  const announce = useAnnounce();
  const { hasPassword } = props.user;
  const submitting = useSubmit(async (data) => {
    const currentPassword = passwordIn(data, 'currentPassword');
    const password = passwordIn(data);
    const body = currentPassword === '' ? { password } : { password, currentPassword };
    await client.call('/api/user/password', { method: 'PUT', body });
    announce(words.done);
    props.onChanged();
    props.onClose();
  });
  const { error } = submitting;
  return (
    <FormDialog
      {...{ title: words.title, submit: words.submit, lead: words.lead, submitting }}
      fields={['currentPassword', 'password']}
      onClose={props.onClose}
    >
      {/* Lets a password manager know which account it is. */}
      <input type="text" hidden autoComplete="username" value={props.user.email ?? ''} readOnly />
      {hasPassword && (
        <PasswordField
          {...{ name: 'currentPassword', label: words.current, error, first: true }}
          autoComplete="current-password"
          required
        />
      )}
      <PasswordField
        {...{ name: 'password', label: words.fresh, error, hint: strings.account.passwordHint }}
        first={!hasPassword}
        autoComplete="new-password"
      />
    </FormDialog>
  );
}
