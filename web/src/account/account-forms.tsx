import { useState } from 'react';
import { ForgotPasswordForm } from './forgot-password-form.tsx';
import { LoginForm } from './login-form.tsx';

export type Mode = 'sign-in' | 'sign-up' | 'forgot';

interface AccountFormsProps {
  mode: Mode;
  /** An address that is known already. */
  email?: string;
  onMode(mode: Mode): void;
  onDone(): void;
}

/** Signing in, signing up and the way back in; an address once typed is kept on the way. */
export function AccountForms({ mode, email: known = '', onMode, onDone }: AccountFormsProps) {
  const [email, setEmail] = useState(known);
  const turn = (next: Mode, typed: string) => {
    setEmail(typed);
    onMode(next);
  };
  return mode === 'forgot' ? (
    <ForgotPasswordForm email={email} onBack={(typed) => turn('sign-in', typed)} />
  ) : (
    <LoginForm mode={mode} email={email} onTurn={turn} onDone={onDone} />
  );
}
