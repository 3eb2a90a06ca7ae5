import { useState } from 'react';
import { Modal } from '../layout/modal.tsx';
import { strings } from '../strings.ts';
import { AccountForms, type Mode } from './account-forms.tsx';

const TITLES: Record<Mode, string> = {
  'sign-in': strings.account.signIn,
  'sign-up': strings.account.signUp,
  forgot: strings.forgotPassword.title,
};

export function AccountDialog(props: { onClose(): void; mode?: Mode }) {
  const [mode, setMode] = useState<Mode>(props.mode ?? 'sign-in');
  return (
    <Modal title={TITLES[mode]} kind="card" onClose={props.onClose}>
      <AccountForms mode={mode} onMode={setMode} onDone={props.onClose} />
    </Modal>
  );
}
