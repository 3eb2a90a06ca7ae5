import { useState } from 'react';
import { useSearchParams } from 'wouter';
import { Choice } from '../../form/choice.tsx';
import { Paged } from '../../layout/paged.tsx';
import { usePagedList } from '../../state/use-paged-list.ts';
import { strings } from '../../strings.ts';
import { AdminPage } from '../admin-page.tsx';
import type { ManagedOrder } from '../billing-types.ts';
import { listQuery, withChoice } from '../list-query.ts';
import { SearchForm } from '../search-form.tsx';
import { NoticesSection } from './notices-section.tsx';
import { OrderItem } from './order-item.tsx';
import { RefundDialog } from './refund-dialog.tsx';

const words = strings.adminOrders;
const FILTERS = ['q', 'status', 'channel'];
const ALL = { '': strings.admin.all };

export function AdminOrdersPage() {
  return (
    <AdminPage title={words.title}>
      <Orders />
      <NoticesSection />
    </AdminPage>
  );
}

function Orders() {
  const [address, setAddress] = useSearchParams();
  const list = usePagedList<ManagedOrder>(`/api/admin/orders?${listQuery(address, FILTERS, 30)}`);
  const [refunded, setRefunded] = useState<ManagedOrder | null>(null);
  return (
    <>
      <OrderFilters key={address.get('q')} address={address} onChange={setAddress} />
      <Paged list={list} empty={words.empty}>
        {(orders) => (
          <ul className="entries">
            {orders.map((order) => (
              <OrderItem key={order.id} order={order} onRefund={() => setRefunded(order)} />
            ))}
          </ul>
        )}
      </Paged>
      {refunded && (
        <RefundDialog order={refunded} onDone={list.reload} onClose={() => setRefunded(null)} />
      )}
    </>
  );
}

interface OrderFiltersProps {
  address: URLSearchParams;
  onChange(address: URLSearchParams): void;
}

function OrderFilters({ address, onChange }: OrderFiltersProps) {
  const { status, channels } = strings.orders;
  const choice = (name: string) => ({
    value: address.get(name) ?? '',
    onChoose: (value: string) => onChange(withChoice(address, name, value)),
  });
  return (
    <div className="filters">
      <SearchForm
        label={words.search}
        placeholder={words.searchPlaceholder}
        submit={words.submit}
        query={address.get('q') ?? ''}
        onSearch={choice('q').onChoose}
      />
      <fieldset className="filter-choices filter-choices-two">
        <legend className="sr-only">{strings.admin.filter}</legend>
        <Choice label={words.status} options={{ ...ALL, ...status }} {...choice('status')} />
        <Choice label={words.channel} options={{ ...ALL, ...channels }} {...choice('channel')} />
      </fieldset>
    </div>
  );
}
