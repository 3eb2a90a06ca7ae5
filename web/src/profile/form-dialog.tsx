import type { FormEvent, ReactNode } from 'react';
import { FormError } from '../form/form-error.tsx';
import { useWait } from '../form/wait.ts';
import { Modal } from '../layout/modal.tsx';
import { strings } from '../strings.ts';

interface FormDialogProps {
  title: string;
  submit: string;
  lead?: string;
  /** Names of the fields inside. */
  fields: readonly string[];
  submitting: { busy: boolean; error: unknown; onSubmit(event: FormEvent<HTMLFormElement>): void };
  children: ReactNode;
  onClose(): void;
}

/** A few fields in a dialog, saved together. */
export function FormDialog({ title, submit, lead, fields, submitting, ...rest }: FormDialogProps) {
  const { busy, error, onSubmit } = submitting;
  const wait = useWait(error);
  return (
    <Modal title={title} kind="card" onClose={rest.onClose}>
      <form className="dialog-form" aria-label={title} onSubmit={onSubmit} noValidate>
        {lead && <p className="form-lead">{lead}</p>}
        {rest.children}
        <FormError error={error} fields={fields} wait={wait} />
        <div className="dialog-actions">
          <button type="button" className="button" onClick={rest.onClose}>
            {strings.cancel}
          </button>
          <button type="submit" className="button button-primary" disabled={busy || wait > 0}>
            {submit}
          </button>
        </div>
      </form>
    </Modal>
  );
}
