import type { User } from '../api/types.ts';
import { PasswordField } from '../form/field.tsx';
import { passwordIn, useSubmit } from '../form/use-submit.ts';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { FormDialog } from './form-dialog.tsx';

const words = strings.ownData;

/** Until when it can be taken back; null: it is gone. */
export interface Closed {
  until: string | null;
}

interface CloseDialogProps {
  user: User;
  onClosed(closed: Closed): void;
  onClose(): void;
}

export function CloseDialog({ user, onClosed, onClose }: CloseDialogProps) {
  const { client, account } = useServices();
  const guest = user.role === 'guest';
  const submitting = useSubmit(async (data) => {
    const password = passwordIn(data);
    const body = password === '' ? {} : { password };
    const options = { method: 'DELETE', body } as const;
    const { closesAt } = await client.call<{ closesAt: string | null }>('/api/user', options);
    onClosed({ until: guest ? null : closesAt });
    account.forget();
  });
  return (
    <FormDialog
      {...{ title: words.closeTitle, submit: words.confirm, submitting, onClose }}
      fields={['password']}
    >
      <p className="form-lead">{guest ? words.closeGuestAsk : words.closeAsk}</p>
      <p className="fine-print">{words.closeKeeps}</p>
      {user.hasPassword && (
        <PasswordField
          {...{ name: 'password', label: words.password, error: submitting.error }}
          autoComplete="current-password"
          required
          first
        />
      )}
    </FormDialog>
  );
}
