import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { eachInTurn } from './each-in-turn.ts';
import type { Order, PaymentChannel } from './order.ts';
import type { PaymentCrediting } from './payment-crediting.ts';
import type { GatewayFor, PaymentGateway } from './payment-gateway.ts';
import type { RechargeStores } from './recharge-stores.ts';

/** Finds out how pending orders stand, because a notice may never come. Any number may be at it. */
export interface OrderSettling {
  /** Credits the order if it was paid; what it is afterwards. */
  ask(order: Order): Promise<Order | undefined>;
  /** Credits it if it was paid, or sees to it that it cannot be paid any more. */
  settle(order: Order): Promise<Order | undefined>;
  /** For jobs: orders that somebody may have paid without our knowing, also after they were closed. */
  askDue(signal?: AbortSignal): Promise<void>;
  /** For jobs: orders that ran out. */
  settleExpired(signal?: AbortSignal): Promise<void>;
}

const ASK_AFTER_MS = 60_000;
const AT_ONCE = 100;

export function createOrderSettling(parts: {
  stores: Pick<RechargeStores, 'orders'>;
  transact: Transact<RechargeStores>;
  /** Those of the site; orders of others wait. */
  gatewayFor: GatewayFor;
  channels: readonly PaymentChannel[];
  crediting: PaymentCrediting;
  logger: Logger;
}): OrderSettling {
  const { stores, transact, gatewayFor, channels, crediting, logger } = parts;

  /** Under its lock: a payment that comes at the same moment waits, and is credited all the same. */
  const closeHere = (order: Order) =>
    transact(async ({ orders }) => {
      await orders.lock(order.id);
      await orders.close(order.id);
    });

  async function creditIfPaid(order: Order, gateway: PaymentGateway): Promise<boolean> {
    await stores.orders.touch(order.id);
    const found = await gateway.query(order);
    if (found.state !== 'paid') return false;
    const channel = order.channel === 'wechat_virtual' ? 'wechat_virtual' : 'wechat_pay';
    const outcome = await crediting.credit(found.payment, { gateway, by: 'query', channel });
    // Somebody was told; asking again and again would tell them nothing new.
    if (outcome === 'refused') await closeHere(order);
    return true;
  }

  async function settle(order: Order): Promise<Order | undefined> {
    const gateway = gatewayFor(order.channel);
    if (!(await creditIfPaid(order, gateway))) {
      const paidMeanwhile =
        (await gateway.close(order)) === 'paid' && (await creditIfPaid(order, gateway));
      // What was paid and given back already is closed as well.
      if (!paidMeanwhile) await closeHere(order);
      if (!paidMeanwhile && !gateway.closesForGood) await creditIfPaid(order, gateway);
    }
    return stores.orders.byId(order.id);
  }

  async function ask(order: Order): Promise<Order | undefined> {
    await creditIfPaid(order, gatewayFor(order.channel));
    return stores.orders.byId(order.id);
  }

  const each = (
    orders: readonly Order[],
    work: (order: Order) => Promise<unknown>,
    signal: AbortSignal | undefined,
  ) => {
    const ours = orders.filter(({ channel }) => channels.some((one) => one === channel));
    return eachInTurn(ours, work, { signal, logger, what: 'order' });
  };

  const payableForever = channels.filter((channel) => !gatewayFor(channel).closesForGood);

  return {
    ask,
    settle,
    async askDue(signal) {
      const before = new Date(Date.now() - ASK_AFTER_MS);
      await each(await stores.orders.dueForQuery(before, AT_ONCE), ask, signal);
      await each(await stores.orders.closedLately(payableForever, AT_ONCE), ask, signal);
    },
    async settleExpired(signal) {
      await each(await stores.orders.expired(AT_ONCE), settle, signal);
    },
  };
}
