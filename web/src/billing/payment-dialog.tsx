import { useState } from 'react';
import type { Package } from '../api/billing-types.ts';
import { Modal } from '../layout/modal.tsx';
import { strings } from '../strings.ts';
import { formatFen } from './amounts.ts';
import { CreditedNote } from './credited-note.tsx';
import { InWechat } from './in-wechat.tsx';
import { PaymentCode } from './payment-code.tsx';
import { PaymentStatus } from './payment-status.tsx';
import type { PlacedOrder } from './place-order.ts';
import { useOrderWatch } from './use-order-watch.ts';

const words = strings.recharge;

interface PaymentDialogProps {
  placed: PlacedOrder;
  bought: Pick<Package, 'title'>;
  /** Another order for the same, when this one has come to nothing. */
  onAgain(): void;
  onClose(): void;
}

/** Paying an order: with another device by its code, or right here inside WeChat. */
export function PaymentDialog({ placed, bought, onAgain, onClose }: PaymentDialogProps) {
  const { order, payment, deadline } = placed;
  const [settled] = useState(order.status === 'paid' ? order : null);
  const watched = useOrderWatch(order.id, deadline);
  const paid = watched.state === 'paid' ? watched.order : settled;
  if (paid) {
    return (
      <Modal title={words.dialog} kind="card" onClose={onClose}>
        <CreditedNote order={paid} onClose={onClose} />
      </Modal>
    );
  }
  const over = watched.state === 'expired' || watched.state === 'closed';
  const { codeUrl } = payment;
  return (
    <Modal title={words.dialog} kind="card" onClose={onClose}>
      <div className="payment">
        <p className="payment-amount">{formatFen(order.amountFen)}</p>
        <p className="fine-print">{words.payee(bought.title)}</p>
        {codeUrl ? (
          <NativePayment codeUrl={codeUrl} over={over} />
        ) : (
          !over && <InWechat parameters={payment} />
        )}
        <PaymentStatus watched={watched} deadline={deadline} counts={codeUrl !== undefined} />
        {over && (
          <button type="button" className="button button-primary" onClick={onAgain}>
            {words.again}
          </button>
        )}
      </div>
    </Modal>
  );
}

function NativePayment({ codeUrl, over }: { codeUrl: string; over: boolean }) {
  const handheld = window.matchMedia('(pointer: coarse)').matches;
  return (
    <>
      <PaymentCode value={codeUrl} spent={over} />
      {!over && <p className="payment-scan">{words.scan}</p>}
      {!over && handheld && <p className="fine-print">{words.handheld}</p>}
    </>
  );
}
