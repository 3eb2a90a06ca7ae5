import type { ListedOrder, Package } from '../api/billing-types.ts';
import { Paged } from '../layout/paged.tsx';
import { ProfileSection, RowButton } from '../profile/profile-section.tsx';
import type { PagedList } from '../state/use-paged-list.ts';
import { strings } from '../strings.ts';
import { formatFen, formatTokens } from './amounts.ts';
import { beijingTime } from './beijing-time.ts';
import { canResume, orderState } from './order-state.ts';
import { OrderTag } from './order-tag.tsx';
import type { Wanted } from './use-payment.ts';

const words = strings.orders;

interface OrdersSectionProps {
  orders: PagedList<ListedOrder>;
  packages: Package[];
  /** Null where nothing can be paid. */
  onResume: ((wanted: Wanted) => void) | null;
}

export function OrdersSection({ orders, packages, onResume }: OrdersSectionProps) {
  const titleOf = (order: ListedOrder) =>
    packages.find(({ id }) => id === order.packageId)?.title ??
    (order.channel === 'redeem_code' ? words.channels.redeem_code : words.unnamed);
  return (
    <ProfileSection title={words.title}>
      <Paged list={orders} empty={words.empty}>
        {(items) => (
          <ol className="entries">
            {items.map((order) => (
              <OrderItem key={order.id} order={order} title={titleOf(order)} onResume={onResume} />
            ))}
          </ol>
        )}
      </Paged>
    </ProfileSection>
  );
}

interface OrderItemProps {
  order: ListedOrder;
  title: string;
  onResume: OrdersSectionProps['onResume'];
}

function OrderItem({ order, title, onResume }: OrderItemProps) {
  const { packageId } = order;
  const channel = words.channels[order.channel] ?? order.channel;
  const facts = [
    beijingTime(order.createdAt),
    ...(title === channel ? [] : [channel]),
    strings.recharge.tokens(formatTokens(order.tokens)),
    ...(order.refundedFen > 0 ? [words.refunded(formatFen(order.refundedFen))] : []),
  ];
  return (
    <li className="entry order">
      <div className="entry-text">
        <p>
          <strong>{title}</strong>
          <OrderTag state={orderState(order, new Date())} />
        </p>
        <p className="fine-print">{facts.join(' · ')}</p>
      </div>
      <div className="order-side">
        {order.amountFen > 0 && <span className="amount">{formatFen(order.amountFen)}</span>}
        {onResume && packageId && canResume(order, new Date()) && (
          <RowButton
            text={words.resume}
            label={words.resumeOf(title)}
            onClick={() => onResume({ packageId, title })}
          />
        )}
      </div>
    </li>
  );
}
