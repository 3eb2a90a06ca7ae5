import { useState } from 'react';
import { nameOf } from '../account/account-name.ts';
import type { User } from '../api/types.ts';
import { Field } from '../form/field.tsx';
import { fieldFault } from '../form/field-fault.ts';
import { textIn, useSubmit } from '../form/use-submit.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { FormDialog } from './form-dialog.tsx';
import { ProfileRow, RowButton } from './profile-section.tsx';

const words = strings.nickname;

export function NicknameRow({ user }: { user: User }) {
  const [open, setOpen] = useState(false);
  return (
    <ProfileRow
      label={words.label}
      action={
        <RowButton
          text={strings.profile.change}
          label={strings.profile.change + words.label}
          onClick={() => setOpen(true)}
        />
      }
    >
      {nameOf(user)}
      {open && <NicknameDialog user={user} onClose={() => setOpen(false)} />}
    </ProfileRow>
  );
}

function NicknameDialog({ user, onClose }: { user: User; onClose(): void }) {
  const { client, account } = useServices();
  const announce = useAnnounce();
  const submitting = useSubmit(async (data) => {
    const nickname = textIn(data, 'nickname');
    if (nickname === '') throw fieldFault('nickname', words.missing);
    const options = { method: 'PUT', body: { nickname } } as const;
    account.meet(await client.call<User>('/api/user/profile', options));
    announce(strings.profile.saved);
    onClose();
  });
  return (
    <FormDialog
      {...{ title: words.title, submit: strings.profile.save, submitting, onClose }}
      fields={['nickname']}
    >
      <Field
        {...{ name: 'nickname', type: 'text', label: words.label, hint: words.hint }}
        autoComplete="nickname"
        maxLength={32}
        defaultValue={nameOf(user)}
        error={submitting.error}
        first
      />
    </FormDialog>
  );
}
