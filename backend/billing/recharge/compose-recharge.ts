import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { createVirtualPaymentClient, type MiniProgram } from '../virtual-payment/virtual-client.ts';
import { createVirtualPaymentGateway } from '../virtual-payment/virtual-gateway.ts';
import { createVirtualPushes } from '../virtual-payment/virtual-pushes.ts';
import type { VirtualPaymentSettings } from '../virtual-payment/virtual-signatures.ts';
import { tradeBills } from '../wechat-pay/trade-bill-source.ts';
import { createWechatPayClient, type WechatPaySettings } from '../wechat-pay/wechat-pay-client.ts';
import { createWechatPayGateway } from '../wechat-pay/wechat-pay-gateway.ts';
import { createWechatPayNotices } from '../wechat-pay/wechat-pay-notices.ts';
import type { SessionKeys, WechatPayers } from '../wechat-pay/wechat-payers.ts';
import { channelClosed } from './channel-not-open.ts';
import type { OrderChannel } from './order.ts';
import { createOrderService } from './order-service.ts';
import { createOrderSettling } from './order-settling.ts';
import { createPaymentCrediting } from './payment-crediting.ts';
import type { GatewayFor, PaymentGateway } from './payment-gateway.ts';
import { createPaymentReconciling } from './payment-reconciliation.ts';
import type { RechargeStores } from './recharge-stores.ts';
import { createRefundService } from './refund-service.ts';
import { createRefundSettling } from './refund-settling.ts';

export interface RechargeParts {
  stores: RechargeStores;
  transact: Transact<RechargeStores>;
  wechatPay: WechatPaySettings | undefined;
  virtualPayment:
    | (VirtualPaymentSettings & { pushToken: string; pushAesKey: string | undefined })
    | undefined;
  miniProgram: MiniProgram | undefined;
  payers: WechatPayers;
  sessionKeys: SessionKeys;
  /** Where the provider finds this site. */
  publicUrl: string;
  logger: Logger;
}

export type RechargeServices = ReturnType<typeof createRecharge>;

export function createRecharge(parts: RechargeParts) {
  const { stores, transact, logger } = parts;
  const wechatPay = openWechatPay(parts);
  const virtual = openVirtualPayment(parts);
  const gateways = [wechatPay?.gateway, virtual?.gateway].filter((each) => each !== undefined);
  const channels = gateways.flatMap((gateway) => gateway.channels);
  const offered: OrderChannel[] = [...channels, 'redeem_code'];
  const common = { stores, transact, gatewayFor: finderOf(gateways), channels, logger };

  const crediting = createPaymentCrediting({ transact, logger });
  const settling = createOrderSettling({ ...common, crediting });
  const refundSettling = createRefundSettling(common);
  const refunds = createRefundService({ ...common, settling: refundSettling });
  const told = { crediting, refunds: refundSettling };
  return {
    channels: offered,
    orders: createOrderService({ ...common, offered, settling }),
    refunds,
    store: stores.orders,
    refundsOf: stores.refunds.ofOrders,
    settling,
    refundSettling,
    reconciling:
      wechatPay &&
      createPaymentReconciling({
        ...{ stores, transact, settling, logger },
        billOf: tradeBills(wechatPay.client),
        channels: wechatPay.gateway.channels,
      }),
    notices:
      wechatPay &&
      createWechatPayNotices({ ...wechatPay, ...told, notices: stores.paymentNotices, logger }),
    pushes:
      virtual &&
      Object.assign(
        createVirtualPushes({ ...virtual, ...told, orders: settling, stores, logger }),
        {
          token: virtual.settings.token,
        },
      ),
    logger,
  };
}

function openWechatPay({ wechatPay, payers, publicUrl, logger }: RechargeParts) {
  if (!wechatPay) return undefined;
  const client = createWechatPayClient(wechatPay, logger);
  const notifyUrl = `${publicUrl}/api/billing/wechat/notify`;
  return { client, gateway: createWechatPayGateway({ client, payers, notifyUrl }) };
}

function openVirtualPayment({ virtualPayment, miniProgram, sessionKeys }: RechargeParts) {
  if (!virtualPayment || !miniProgram) return undefined;
  const { pushToken: token, pushAesKey: aesKey, ...settings } = virtualPayment;
  const client = createVirtualPaymentClient(miniProgram, settings);
  return {
    gateway: createVirtualPaymentGateway({ client, settings, sessionKeys }),
    settings: { token, aesKey, appId: miniProgram.appId },
  };
}

function finderOf(gateways: readonly PaymentGateway[]): GatewayFor {
  return (channel) => {
    const found = gateways.find(({ channels }) => channels.some((each) => each === channel));
    if (!found) throw channelClosed(channel);
    return found;
  };
}
