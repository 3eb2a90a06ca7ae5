import { useState } from 'react';
import { Link } from 'wouter';
import { nameOf } from '../account/account-name.ts';
import type { User } from '../api/types.ts';
import { Choice } from '../form/choice.tsx';
import { FormError } from '../form/form-error.tsx';
import { useAction } from '../form/use-action.ts';
import { Modal } from '../layout/modal.tsx';
import { useServices } from '../state/services.tsx';
import { strings } from '../strings.ts';
import type { ManagedUser } from './admin-types.ts';
import { CreditForm } from './credit-form.tsx';

const words = strings.users;

interface UserDialogProps {
  user: ManagedUser;
  onChanged(user: ManagedUser): void;
  onClose(): void;
}

type Change = { role?: User['role']; plan?: User['plan']; disabled?: boolean };

export function UserDialog({ user, onChanged, onClose }: UserDialogProps) {
  const [step, setStep] = useState<'manage' | 'disable' | 'credit'>('manage');
  const [error, setError] = useState<unknown>(null);
  const { client } = useServices();
  const { busy, run, announce } = useAction(setError);
  const save = (change: Change, done: string) =>
    run(async () => {
      setError(null);
      const options = { method: 'PATCH', body: change } as const;
      onChanged(await client.call<ManagedUser>(`/api/admin/users/${user.id}`, options));
      announce(done);
      onClose();
    });
  const name = nameOf(user);
  return (
    <Modal
      title={step === 'credit' ? words.creditTitle(name) : words.manageOf(name)}
      kind="card"
      onClose={onClose}
    >
      {step === 'credit' && (
        <CreditForm user={user} onBack={() => setStep('manage')} onDone={onClose} />
      )}
      {step === 'disable' && (
        <div className="dialog-form">
          <p className="form-lead">{words.disableAsk(name)}</p>
          <FormError error={error} fields={[]} />
          <div className="dialog-actions">
            <button type="button" className="button" onClick={() => setStep('manage')}>
              {strings.cancel}
            </button>
            <button
              type="button"
              className="button button-primary"
              disabled={busy}
              onClick={() => void save({ disabled: true }, words.disabledDone(name))}
            >
              {words.disable}
            </button>
          </div>
        </div>
      )}
      {step === 'manage' && (
        <ManageForm
          {...{ user, busy, error }}
          onSave={(change) => void save(change, words.saved)}
          onDisable={() => setStep('disable')}
          onCredit={() => setStep('credit')}
          onEnable={() => void save({ disabled: false }, words.enabledDone(name))}
        />
      )}
    </Modal>
  );
}

interface ManageFormProps {
  user: ManagedUser;
  busy: boolean;
  error: unknown;
  onSave(change: Change): void;
  onDisable(): void;
  onEnable(): void;
  onCredit(): void;
}

function ManageForm({ user, busy, error, ...on }: ManageFormProps) {
  const [role, setRole] = useState<string>(user.role);
  const [plan, setPlan] = useState<string>(user.plan);
  const guest = user.role === 'guest';
  const { guest: guestName, ...roles } = words.roles;
  const change = {
    ...(role === user.role ? {} : { role: role as User['role'] }),
    ...(plan === user.plan ? {} : { plan: plan as User['plan'] }),
  };
  return (
    <form
      className="dialog-form"
      aria-label={words.manageOf(nameOf(user))}
      onSubmit={(event) => {
        event.preventDefault();
        on.onSave(change);
      }}
    >
      <Choice
        label={words.role}
        value={role}
        options={guest ? { guest: guestName } : roles}
        onChoose={setRole}
        disabled={guest}
        hint={guest ? words.guestRole : undefined}
      />
      <Choice label={words.plan} value={plan} options={words.plans} onChoose={setPlan} />
      <FormError error={error} fields={[]} />
      <div className="dialog-actions">
        <button
          type="button"
          className={user.disabled ? 'button aside' : 'button button-danger aside'}
          disabled={busy}
          onClick={user.disabled ? on.onEnable : on.onDisable}
        >
          {user.disabled ? words.enable : words.disable}
        </button>
        <button
          type="submit"
          className="button button-primary"
          disabled={busy || Object.keys(change).length === 0}
        >
          {words.save}
        </button>
      </div>
      <div className="dialog-links">
        <button type="button" className="text-button" onClick={on.onCredit}>
          {words.credit}
        </button>
        <Link href={`/admin/audit-log?targetId=${user.id}`} className="text-link">
          {words.history}
        </Link>
      </div>
    </form>
  );
}
