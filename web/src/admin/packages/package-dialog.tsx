import { randomKey } from '../../api/random-key.ts';
import { Field } from '../../form/field.tsx';
import { fieldFault } from '../../form/field-fault.ts';
import { FormError } from '../../form/form-error.tsx';
import { readFen, readWhole, writeParts } from '../../form/numbers.ts';
import { useAction } from '../../form/use-action.ts';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { Modal } from '../../layout/modal.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { ManagedPackage } from '../billing-types.ts';

const words = strings.adminPackages;
const FIELDS = ['title', 'tokens', 'amountFen', 'planDays', 'position'];

interface PackageDialogProps {
  /** Null for one more. */
  edited: ManagedPackage | null;
  onSaved(): void;
  onClose(): void;
}

function wholeIn(data: FormData, name: string): number {
  const value = readWhole(textIn(data, name));
  if (value === null) throw fieldFault(name, words.wholeFault);
  return value;
}

function packageIn(data: FormData) {
  const amountFen = readFen(textIn(data, 'amountFen'));
  const title = textIn(data, 'title');
  const tokens = wholeIn(data, 'tokens');
  if (amountFen === null) throw fieldFault('amountFen', words.priceFault);
  const planDays = textIn(data, 'planDays') === '' ? null : wholeIn(data, 'planDays');
  const plan = planDays === null ? null : 'vip';
  return { title, tokens, amountFen, plan, planDays, position: wholeIn(data, 'position') };
}

export function PackageDialog({ edited, onSaved, onClose }: PackageDialogProps) {
  const { client } = useServices();
  const { announce } = useAction();
  const send = async (body: object) => {
    await (edited
      ? client.call(`/api/admin/packages/${edited.id}`, { method: 'PATCH', body })
      : client.call('/api/admin/packages', { method: 'POST', body, idempotencyKey: randomKey() }));
    announce(words.saved);
    onSaved();
    onClose();
  };
  const { busy, error, setError, onSubmit } = useSubmit((data) => send(packageIn(data)));
  const retiring = useAction(setError);
  const title = edited ? words.editOf(edited.title) : words.add;
  return (
    <Modal title={title} kind="card" onClose={onClose}>
      <form className="dialog-form" aria-label={title} onSubmit={onSubmit} noValidate>
        <PackageFields edited={edited} error={error} />
        <FormError error={error} fields={FIELDS} />
        <div className="dialog-actions">
          {edited && (
            <button
              type="button"
              className={edited.retiredAt ? 'button aside' : 'button button-danger aside'}
              disabled={busy || retiring.busy}
              onClick={() => void retiring.run(() => send({ retired: edited.retiredAt === null }))}
            >
              {edited.retiredAt ? words.restore : words.retire}
            </button>
          )}
          <button type="button" className="button" onClick={onClose}>
            {strings.cancel}
          </button>
          <button type="submit" className="button button-primary" disabled={busy || retiring.busy}>
            {words.save}
          </button>
        </div>
      </form>
    </Modal>
  );
}

function PackageFields({ edited, error }: { edited: ManagedPackage | null; error: unknown }) {
  const number = { error, type: 'text', autoComplete: 'off', inputMode: 'numeric' } as const;
  return (
    <>
      <Field
        {...{ name: 'title', label: words.name, error, type: 'text', maxLength: 40 }}
        autoComplete="off"
        defaultValue={edited?.title}
        first
      />
      <div className="field-pair">
        <Field
          {...{ ...number, name: 'tokens', label: words.tokens }}
          defaultValue={edited ? String(edited.tokens) : undefined}
        />
        <Field
          {...{ ...number, name: 'amountFen', label: words.price, inputMode: 'decimal' }}
          defaultValue={edited ? writeParts(edited.amountFen, 2) : undefined}
        />
      </div>
      <div className="field-pair">
        <Field
          {...{ ...number, name: 'planDays', label: words.days, hint: words.daysHint }}
          defaultValue={edited?.planDays ? String(edited.planDays) : undefined}
          required={false}
        />
        <Field
          {...{ ...number, name: 'position', label: words.position, hint: words.positionHint }}
          defaultValue={String(edited?.position ?? 0)}
        />
      </div>
    </>
  );
}
