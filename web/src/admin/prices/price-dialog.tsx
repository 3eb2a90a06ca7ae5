import { useState } from 'react';
import { ApiError } from '../../api/api-error.ts';
import { randomKey } from '../../api/random-key.ts';
import { readBeijingTime } from '../../billing/beijing-time.ts';
import { Field } from '../../form/field.tsx';
import { fieldFault } from '../../form/field-fault.ts';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { useAnnounce } from '../../layout/notices.tsx';
import { FormDialog } from '../../profile/form-dialog.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { DatedPrice } from '../billing-types.ts';
import { CELLS, draftOf, type PriceDraft, readCurrency, readDraft } from './price-draft.ts';
import { PricePreview } from './price-preview.tsx';
import { RateFields } from './rate-fields.tsx';

const words = strings.adminPrices;
const FIELDS = ['model', 'effectiveFrom', 'currency', ...CELLS.map(({ name }) => name)];

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

function momentIn(data: FormData): { effectiveFrom?: string } {
  const typed = textIn(data, 'effectiveFrom');
  if (typed === '') return {};
  const effectiveFrom = readBeijingTime(typed);
  if (effectiveFrom === null) throw fieldFault('effectiveFrom', words.momentFault);
  return { effectiveFrom };
}

function priceIn(data: FormData, draft: PriceDraft) {
  const read = readDraft(draft);
  if ('faulty' in read) throw faultsAt(read.faulty);
  const currency = readCurrency(textIn(data, 'currency'));
  if (currency === null) throw fieldFault('currency', words.currencyFault);
  const model = textIn(data, 'model').toLowerCase();
  return { model, currency, ...momentIn(data), ...read.rates };
}

/** A new price from a moment on, with what it would make of an ordinary answer. */
export function PriceDialog({ model, price, onAdded, onClose }: PriceDialogProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  const [draft, setDraft] = useState(() => draftOf(price));
  const [currency, setCurrency] = useState(price?.currency ?? 'CNY');
  const submitting = useSubmit(async (data) => {
    const body = priceIn(data, draft);
    await client.call('/api/admin/prices', { method: 'POST', body, idempotencyKey: randomKey() });
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
      <Field
        {...{ ...common, type: 'text', name: 'currency', label: words.currency }}
        hint={words.currencyHint}
        defaultValue={currency}
        maxLength={3}
        onTyped={setCurrency}
      />
      <RateFields
        {...{ draft, error, legend: words.theirs, kinds: ['providerOffPeak', 'providerPeak'] }}
        onChange={setDraft}
      />
      <PricePreview {...{ draft, price, currency: readCurrency(currency) }} />
    </FormDialog>
  );
}
