import { type FormEvent, useId, useState } from 'react';
import { ApiError } from '../api/api-error.ts';
import { describeError } from '../layout/describe-error.ts';
import { Modal } from '../layout/modal.tsx';
import { useAnnounce } from '../layout/notices.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import { nameOf } from './account-name.ts';

const words = strings.account;

type Mode = 'sign-in' | 'sign-up';

/** Signing in and signing up, one form that grows a field. */
export function AccountDialog(props: { onClose(): void; mode?: Mode }) {
  const [mode, setMode] = useState<Mode>(props.mode ?? 'sign-in');
  const [error, setError] = useState<unknown>(null);
  const signingUp = mode === 'sign-up';
  const { busy, submit } = useSubmit(mode, setError, props.onClose);
  return (
    <Modal title={signingUp ? words.signUp : words.signIn} kind="card" onClose={props.onClose}>
      <form
        className="account-form"
        aria-label={signingUp ? words.signUp : words.signIn}
        onSubmit={submit}
        noValidate
      >
        <Field name="email" type="email" label={words.email} autoComplete="email" error={error} />
        <Field
          name="password"
          type="password"
          label={words.password}
          hint={signingUp ? words.passwordHint : undefined}
          autoComplete={signingUp ? 'new-password' : 'current-password'}
          error={error}
        />
        {signingUp && (
          <Field
            name="nickname"
            type="text"
            label={words.nickname}
            autoComplete="nickname"
            error={error}
          />
        )}
        <FormError error={error} />
        <button type="submit" className="button button-primary" disabled={busy}>
          {signingUp ? words.submitSignUp : words.submitSignIn}
        </button>
        <button
          type="button"
          className="text-button"
          onClick={() => {
            setError(null);
            setMode(signingUp ? 'sign-in' : 'sign-up');
          }}
        >
          {signingUp ? words.toSignIn : words.toSignUp}
        </button>
      </form>
    </Modal>
  );
}

function useSubmit(mode: Mode, setError: (error: unknown) => void, onDone: () => void) {
  const { account } = useServices();
  const announce = useAnnounce();
  const [busy, setBusy] = useState(false);
  async function submit(event: FormEvent<HTMLFormElement>): Promise<void> {
    event.preventDefault();
    const data = new FormData(event.currentTarget);
    const field = (name: string) => String(data.get(name) ?? '').trim();
    const login = { email: field('email'), password: String(data.get('password') ?? '') };
    const nickname = field('nickname');
    setBusy(true);
    setError(null);
    try {
      if (mode === 'sign-in') await account.signIn(login);
      else await account.signUp(nickname ? { ...login, nickname } : login);
      const { user } = account.state.get();
      if (user) announce(words.welcome(nameOf(user)));
      onDone();
    } catch (error) {
      setError(error);
      setBusy(false);
    }
  }
  return { busy, submit };
}

interface FieldProps {
  name: string;
  type: 'email' | 'password' | 'text';
  label: string;
  autoComplete: string;
  hint?: string | undefined;
  error: unknown;
}

function faultsOf(error: unknown, name: string): string | null {
  if (!(error instanceof ApiError)) return null;
  return error.details.find(({ path }) => path === name)?.message ?? null;
}

function Field({ name, type, label, autoComplete, hint, error }: FieldProps) {
  const id = useId();
  const fault = faultsOf(error, name);
  const note = fault ?? hint;
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        name={name}
        type={type}
        autoComplete={autoComplete}
        aria-invalid={fault !== null}
        aria-describedby={note ? `${id}-note` : undefined}
        required={name !== 'nickname'}
      />
      {note && (
        <p id={`${id}-note`} className={fault ? 'field-fault' : 'fine-print'}>
          {note}
        </p>
      )}
    </div>
  );
}

function FormError({ error }: { error: unknown }) {
  if (error === null || (error instanceof ApiError && error.details.length > 0)) return null;
  const { text, requestId } = describeError(error);
  return (
    <p className="field-fault" role="alert">
      {text}
      {requestId && ` ${strings.requestId(requestId)}`}
    </p>
  );
}
