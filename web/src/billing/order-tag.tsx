import { strings } from '../strings.ts';
import type { OrderState } from './order-state.ts';

const words = strings.orders;
const LOOKS: Partial<Record<OrderState, string>> = { pending: 'tag-bad', paid: 'tag-good' };

export function OrderTag({ state }: { state: OrderState }) {
  const name = state === 'expired' ? words.expired : words.status[state];
  return <span className={`tag ${LOOKS[state] ?? ''}`.trim()}>{name}</span>;
}
