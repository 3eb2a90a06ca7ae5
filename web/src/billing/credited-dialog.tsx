import type { Order } from '../api/billing-types.ts';
import { Modal } from '../layout/modal.tsx';
import { strings } from '../strings.ts';
import { CreditedNote } from './credited-note.tsx';

const words = strings.recharge;

export function CreditedDialog({ order, onClose }: { order: Order; onClose(): void }) {
  return (
    <Modal title={words.credited} kind="card" onClose={onClose}>
      <CreditedNote order={order} onClose={onClose} />
    </Modal>
  );
}
