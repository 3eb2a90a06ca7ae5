import { useRef, useState } from 'react';
import { randomKey } from '../../api/random-key.ts';
import { formatFen } from '../../billing/amounts.ts';
import { Field } from '../../form/field.tsx';
import { fieldFault } from '../../form/field-fault.ts';
import { readFen, writeParts } from '../../form/numbers.ts';
import { textIn, useSubmit } from '../../form/use-submit.ts';
import { useAnnounce } from '../../layout/notices.tsx';
import { FormDialog } from '../../profile/form-dialog.tsx';
import { useServices } from '../../state/services.tsx';
import { strings } from '../../strings.ts';
import type { ManagedOrder } from '../billing-types.ts';
import { buyerOf, leftToRefund } from './order-words.ts';

const words = strings.adminOrders;
const FIELDS = ['amountFen', 'reason'];

interface RefundDialogProps {
  order: ManagedOrder;
  onDone(): void;
  onClose(): void;
}

/** Says what will happen, and asks for a reason: that is the confirmation. */
export function RefundDialog({ order, onDone, onClose }: RefundDialogProps) {
  const { client } = useServices();
  const announce = useAnnounce();
  const most = leftToRefund(order);
  const [amountFen, setAmountFen] = useState<number | null>(most);
  const key = useRef(randomKey());
  const submitting = useSubmit(async (data) => {
    const reason = textIn(data, 'reason');
    const amount = readFen(textIn(data, 'amountFen'));
    if (!amount || amount > most) throw fieldFault('amountFen', words.amountFault);
    if (reason === '') throw fieldFault('reason', words.refundReasonFault);
    await client.call(`/api/admin/orders/${order.id}/refund`, {
      method: 'POST',
      body: { amountFen: amount, reason },
      idempotencyKey: key.current,
    });
    announce(words.refunded);
    onDone();
    onClose();
  });
  const renew = () => {
    key.current = randomKey();
  };
  const common = { error: submitting.error, type: 'text', autoComplete: 'off' } as const;
  return (
    <FormDialog
      {...{ title: words.refundTitle, submitting, onClose }}
      submit={words.refundSubmit(formatFen(amountFen ?? 0))}
      lead={words.refundLead(formatFen(most), buyerOf(order))}
      fields={FIELDS}
    >
      <Field
        {...{ ...common, name: 'amountFen', label: words.refundAmount, inputMode: 'decimal' }}
        defaultValue={writeParts(most, 2)}
        onTyped={(text) => {
          renew();
          setAmountFen(readFen(text));
        }}
      />
      <Field
        {...{ ...common, name: 'reason', label: words.refundReason, maxLength: 80 }}
        hint={words.refundReasonHint}
        onTyped={renew}
        first
      />
    </FormDialog>
  );
}
