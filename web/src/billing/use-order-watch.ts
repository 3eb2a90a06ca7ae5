import { useEffect, useState } from 'react';
import type { Order } from '../api/billing-types.ts';
import { useServices } from '../state/services.tsx';
import { type Watched, type WatchWorld, watchOrder } from './watch-order.ts';

const browserWorld: WatchWorld = {
  now: () => Date.now(),
  after(ms, work) {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  hidden: () => document.hidden,
  onTurned(listener) {
    document.addEventListener('visibilitychange', listener);
    return () => document.removeEventListener('visibilitychange', listener);
  },
};

/** How the payment of an order stands, as long as somebody looks. */
export function useOrderWatch(orderId: string, deadline: number): Watched {
  const { client } = useServices();
  const [watched, setWatched] = useState<Watched>({ state: 'waiting' });
  useEffect(() => {
    setWatched({ state: 'waiting' });
    return watchOrder({
      read: () => client.call<Order>(`/api/billing/orders/${orderId}`),
      onChange: setWatched,
      world: browserWorld,
      deadline,
    });
  }, [client, orderId, deadline]);
  return watched;
}
