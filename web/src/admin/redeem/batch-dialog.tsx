import { useRef, useState } from 'react';
import { randomKey } from '../../api/random-key.ts';
import { Field } from '../../form/field.tsx';
import { fieldFault } from '../../form/field-fault.ts';
import { readWhole } from '../../form/numbers.ts';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { FormDialog } from '../../profile/form-dialog.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import { endOfDay } from './batch-state.ts';
import { CodesDialog } from './codes-dialog.tsx';

const words = strings.redeemBatches;
const FIELDS = ['count', 'tokens', 'expiresAt', 'note'];

interface BatchDialogProps {
  onMade(): void;
  onClose(): void;
}

function batchIn(data: FormData) {
  const [count, tokens] = [readWhole(textIn(data, 'count')), readWhole(textIn(data, 'tokens'))];
  if (count === null || count < 1 || count > 1000) throw fieldFault('count', words.countFault);
  if (tokens === null || tokens < 1) throw fieldFault('tokens', words.wholeFault);
  const day = textIn(data, 'expiresAt');
  const expiry = day === '' ? {} : { expiresAt: endOfDay(day) };
  return { count, tokens, note: textIn(data, 'note'), ...expiry };
}

/** Makes a batch; its codes are shown right after, and never again. */
export function BatchDialog({ onMade, onClose }: BatchDialogProps) {
  const { client } = useServices();
  const [codes, setCodes] = useState<string[] | null>(null);
  const key = useRef(randomKey());
  const submitting = useSubmit(async (data) => {
    const reply = await client.call<{ codes: string[] }>('/api/admin/redeem-codes', {
      method: 'POST',
      body: batchIn(data),
      idempotencyKey: key.current,
    });
    setCodes(reply.codes);
    onMade();
  });
  if (codes !== null) return <CodesDialog codes={codes} onClose={onClose} />;
  const common = { error: submitting.error, type: 'text', autoComplete: 'off' } as const;
  return (
    <FormDialog
      {...{ title: words.addTitle, submit: words.submit, submitting, onClose }}
      fields={FIELDS}
    >
      <div className="field-pair">
        <Field {...common} name="count" label={words.count} inputMode="numeric" defaultValue="10" />
        <Field {...common} name="tokens" label={words.tokens} inputMode="numeric" first />
      </div>
      <Field
        {...{ ...common, type: 'date', name: 'expiresAt', label: words.expires }}
        hint={words.expiresHint}
        required={false}
      />
      <Field
        {...{ ...common, name: 'note', label: words.note, hint: words.noteHint, maxLength: 200 }}
        required={false}
      />
    </FormDialog>
  );
}
