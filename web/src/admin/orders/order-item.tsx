import { formatFen, formatTokens } from '../../billing/amounts.ts';
import { beijingTime } from '../../billing/beijing-time.ts';
import { orderState } from '../../billing/order-state.ts';
import { OrderTag } from '../../billing/order-tag.tsx';
import { RowButton } from '../../profile/profile-section.tsx';
import { strings } from '../../strings.ts';
import type { ManagedOrder } from '../billing-types.ts';
import { buyerOf, leftToRefund, titleOf } from './order-words.ts';

const words = strings.adminOrders;

export function OrderItem({ order, onRefund }: { order: ManagedOrder; onRefund(): void }) {
  const title = titleOf(order);
  const channel = strings.orders.channels[order.channel] ?? order.channel;
  const when = order.paidAt
    ? words.paid(beijingTime(order.paidAt))
    : words.created(beijingTime(order.createdAt));
  return (
    <li className="entry order">
      <div className="entry-text">
        <p>
          <strong>{buyerOf(order)}</strong>
          <span className="entry-aside">{title}</span>
          <OrderTag state={orderState(order, new Date())} />
        </p>
        <p className="fine-print">
          {[when, channel, strings.recharge.tokens(formatTokens(order.tokens))].join(' · ')}
        </p>
        <p className="fine-print entry-line trade-no">{words.tradeNo(order.tradeNo)}</p>
        {order.refunds.map(({ id, status, amountFen, reason }) => (
          <p key={id} className="fine-print refund-line">
            {words.refundLine(words.refunds[status], formatFen(amountFen), reason)}
          </p>
        ))}
      </div>
      <div className="order-side">
        {order.amountFen > 0 && <span className="amount">{formatFen(order.amountFen)}</span>}
        {leftToRefund(order) > 0 && (
          <RowButton text={words.refund} label={words.refundOf(title)} onClick={onRefund} />
        )}
      </div>
    </li>
  );
}
