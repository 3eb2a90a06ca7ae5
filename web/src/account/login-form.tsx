import { useEffect, useRef, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { Field, PasswordField } from '../form/field.tsx';
import { FormError } from '../form/form-error.tsx';
import { passwordIn, textIn, useSubmit } from '../form/use-submit.ts';
import { useWait } from '../form/wait.ts';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { nameOf } from './account-name.ts';
import { GuestNote } from './guest-note.tsx';
import { WechatButton } from './wechat-button.tsx';

const words = strings.account;
const FIELDS = ['email', 'password', 'nickname'];

interface LoginFormProps {
  mode: 'sign-in' | 'sign-up';
  email: string;
  onTurn(mode: 'sign-in' | 'sign-up' | 'forgot', email: string): void;
  onDone(): void;
}

function isTaken(error: unknown): boolean {
  return error instanceof ApiError && error.slug === 'email_taken';
}

/** Signing in and signing up, one form that grows a field. */
export function LoginForm({ mode, email, onTurn, onDone }: LoginFormProps) {
  const form = useRef<HTMLFormElement>(null);
  const [notice, setNotice] = useState<string | null>(null);
  const signingUp = mode === 'sign-up';
  const enter = useEntering(signingUp, onDone);
  const { busy, error, setError, onSubmit } = useSubmit(async (data) => {
    setNotice(null);
    await enter(data).catch((failure: unknown) => {
      if (!isTaken(failure)) throw failure;
      setNotice(words.emailTaken);
      turn('sign-in');
    });
  });
  const wait = useWait(error);
  useFocusOnTurn(form, mode);

  function turn(next: 'sign-in' | 'sign-up' | 'forgot'): void {
    setError(null);
    if (form.current) onTurn(next, textIn(new FormData(form.current), 'email'));
  }
  function turnByHand(next: 'sign-in' | 'sign-up' | 'forgot'): void {
    setNotice(null);
    turn(next);
  }
  const title = signingUp ? words.signUp : words.signIn;
  return (
    <form ref={form} className="account-form" aria-label={title} onSubmit={onSubmit} noValidate>
      <GuestNote />
      {notice && (
        <p className="form-notice" role="status">
          {notice}
        </p>
      )}
      <Field
        {...{ name: 'email', type: 'email', label: words.email, error, first: true }}
        autoComplete={signingUp ? 'email' : 'username'}
        defaultValue={email}
        onInput={() => setError(null)}
      />
      <PasswordField
        key={mode}
        {...{ name: 'password', label: words.password, error }}
        hint={signingUp ? words.passwordHint : undefined}
        autoComplete={signingUp ? 'new-password' : 'current-password'}
      />
      {signingUp ? (
        <Field
          {...{ name: 'nickname', type: 'text', label: words.nickname, error, maxLength: 32 }}
          autoComplete="nickname"
          required={false}
        />
      ) : (
        <button
          type="button"
          className="text-button forgot-button"
          onClick={() => turnByHand('forgot')}
        >
          {words.forgot}
        </button>
      )}
      <FormError error={error} fields={FIELDS} wait={wait} />
      <button type="submit" className="button button-primary" disabled={busy || wait > 0}>
        {signingUp ? words.submitSignUp : words.submitSignIn}
      </button>
      <WechatButton />
      <button
        type="button"
        className="text-button"
        onClick={() => turnByHand(signingUp ? 'sign-in' : 'sign-up')}
      >
        {signingUp ? words.toSignIn : words.toSignUp}
      </button>
    </form>
  );
}

function useEntering(signingUp: boolean, onDone: () => void) {
  const { account } = useServices();
  const announce = useAnnounce();
  return async (data: FormData): Promise<void> => {
    const login = { email: textIn(data, 'email'), password: passwordIn(data) };
    const nickname = textIn(data, 'nickname');
    if (!signingUp) await account.signIn(login);
    else await account.signUp(nickname ? { ...login, nickname } : login);
    const { user } = account.state.get();
    if (user) announce(words.welcome(nameOf(user)));
    onDone();
  };
}

/** The button that turned the form is no place to go on from. */
function useFocusOnTurn(form: React.RefObject<HTMLFormElement | null>, mode: string): void {
  const shown = useRef(mode);
  useEffect(() => {
    if (shown.current === mode) return;
    shown.current = mode;
    const inputs = form.current?.querySelectorAll('input') ?? [];
    const empty = Array.from(inputs).find((input) => input.value === '');
    (empty ?? inputs[0])?.focus();
  }, [form, mode]);
}
