import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { randomKey } from '../../api/random-key.ts';
import { Field } from '../../form/field.tsx';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { useAnnounce } from '../../layout/notices.tsx';
import { FormDialog } from '../../profile/form-dialog.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { DatedPrice } from '../billing-types.ts';
import { CELLS, draftOf, readDraft } from './price-draft.ts';
import { PricePreview } from './price-preview.tsx';
import { RateFields } from './rate-fields.tsx';

const words = strings.adminPrices;
const FIELDS = ['model', 'effectiveFrom', ...CELLS.map(({ name }) => name)];

interface PriceDialogProps {
  model: string;
  /** What it costs so far. */
  price: DatedPrice | null;
  onAdded(): void;
  onClose(): void;
}

function faultsAt(names: string[]): ApiError {
  const details = names.map((path) => ({ path, message: words.numberFault }));
  return new ApiError({ status: 400, slug: 'invalid_input', message: words.numberFault, details });
}

/** A new price from a moment on, with what it would make of an ordinary answer. */
export function PriceDialog({ model, price, onAdded, onClose }: PriceDialogProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(() => draftOf(price));
  const submitting = useSubmit(async (data) => {
    const read = readDraft(draft);
    if ('faulty' in read) throw faultsAt(read.faulty);
    const from = textIn(data, 'effectiveFrom');
    await client.call('/api/admin/prices', {
      method: 'POST',
      body: {
        model: textIn(data, 'model').toLowerCase(),
        ...(price ? { currency: price.currency } : {}),
        ...(from === '' ? {} : { effectiveFrom: new Date(from).toISOString() }),
        ...read.rates,
      },
      idempotencyKey: randomKey(),
    });
    announce(words.added);
    onAdded();
    onClose();
  });
  const { error } = submitting;
  const title = model === '' ? words.add : words.addFor(model === '*' ? words.any : model);
  const common = { error, autoComplete: 'off' } as const;
  return (
    <FormDialog {...{ title, submit: words.submit, submitting, onClose }} fields={FIELDS}>
      <Field
        {...{ ...common, type: 'text', name: 'model', label: words.model, hint: words.modelHint }}
        defaultValue={model}
        maxLength={100}
      />
      <Field
        {...{ ...common, type: 'datetime-local', name: 'effectiveFrom' }}
        label={words.effectiveFrom}
        hint={words.effectiveHint}
        required={false}
      />
      <RateFields
        {...{ draft, error, legend: words.ours, kinds: ['offPeak', 'peak'] }}
        onChange={setDraft}
      />
      <RateFields
        {...{ draft, error, legend: words.theirs, kinds: ['providerOffPeak', 'providerPeak'] }}
        onChange={setDraft}
      />
      <PricePreview draft={draft} price={price} />
    </FormDialog>
  );
}
