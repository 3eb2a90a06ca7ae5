import { useRef, useState } from 'react';
import { randomKey } from '../api/random-key.ts';
import { useAction } from '../form/use-action.ts';
import { useServices } from '../state/services.tsx';
import { isInWechat } from './bridge-reply.ts';
import { type PlacedOrder, placeOrder, takesNoPayments } from './place-order.ts';

export interface Wanted {
  packageId: string;
  title: string;
}

export interface Payment {
  busy: boolean;
  error: unknown;
  /** The server has said that it takes no payments: only codes are left. */
  unavailable: boolean;
  /** What is being paid. */
  current: { placed: PlacedOrder; wanted: Wanted } | null;
  begin(wanted: Wanted): void;
  again(): void;
  end(): void;
}

/** Orders a package in the way that this browser can pay. */
export function usePayment(onEnd: () => void): Payment {
  const { client } = useServices();
  const [current, setCurrent] = useState<Payment['current']>(null);
  const [error, setError] = useState<unknown>(null);
  const { busy, run } = useAction(setError);
  const key = useRef<string | null>(null);
  const unavailable = takesNoPayments(error);

  function begin(wanted: Wanted): void {
    void run(async () => {
      setError(null);
      // Kept until a reply is there: one that got lost is asked for, not ordered twice.
      key.current ??= randomKey();
      const channel = isInWechat(navigator.userAgent) ? 'wechat_jsapi' : 'wechat_native';
      const wish = { packageId: wanted.packageId, channel, idempotencyKey: key.current } as const;
      const placed = await placeOrder(client, wish).catch((failure: unknown) => {
        if (!isLost(failure)) key.current = null;
        throw failure;
      });
      key.current = null;
      setCurrent({ placed, wanted });
    });
  }

  function end(): void {
    setCurrent(null);
    onEnd();
  }

  return {
    ...{ busy, error, unavailable, current, begin, end },
    again() {
      const wanted = current?.wanted;
      setCurrent(null);
      if (wanted) begin(wanted);
    },
  };
}

/** Whether the server may have heard us all the same. */
function isLost(failure: unknown): boolean {
  return (failure as { status?: number }).status === 0;
}
