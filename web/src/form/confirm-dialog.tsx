import { type ReactNode, useState } from 'react';
import { Modal } from '../layout/modal.tsx';
import { strings } from '../strings.ts';
import { FormError } from './form-error.tsx';
import { useAction } from './use-action.ts';

interface ConfirmDialogProps {
  title: string;
  submit: string;
  children: ReactNode;
  onConfirm(): Promise<void>;
  onClose(): void;
}

/** Asks before something that cannot simply be taken back. */
export function ConfirmDialog({ title, submit, children, ...on }: ConfirmDialogProps) {
  const [error, setError] = useState<unknown>(null);
  const { busy, run } = useAction(setError);
  const confirm = () =>
    run(async () => {
      setError(null);
      await on.onConfirm();
      on.onClose();
    });
  return (
    <Modal title={title} kind="card" onClose={on.onClose}>
      <div className="dialog-form">
        {children}
        <FormError error={error} fields={[]} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={on.onClose}>
            {strings.cancel}
          </button>
          <button
            type="button"
            className="button button-primary"
            disabled={busy}
            onClick={() => void confirm()}
          >
            {submit}
          </button>
        </div>
      </div>
    </Modal>
  );
}
