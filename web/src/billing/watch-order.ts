import type { Order } from '../api/billing-types.ts';

/** How an order that is being paid stands. */
export type Watched =
  | { state: 'waiting' }
  /** Asking failed; it goes on. */
  | { state: 'unsure' }
  | { state: 'paid'; order: Order }
  | { state: 'closed' }
  | { state: 'expired' };

/** What of the browser the watch needs. */
export interface WatchWorld {
  now(): number;
  /** Calls `work` later; what it gives back takes that back. */
  after(ms: number, work: () => void): () => void;
  hidden(): boolean;
  /** Calls `listener` whenever the page is hidden or shown. */
  onTurned(listener: () => void): () => void;
}

interface OrderWatch {
  read(): Promise<Order>;
  /** By this browser's clock. */
  deadline: number;
  onChange(watched: Watched): void;
  world: WatchWorld;
}

const EVERY_MS = 2000;
const LONGEST_PAUSE_MS = 16_000;
/** A payment of the last second takes a moment to be heard of. */
const GRACE_MS = 4000;

function endOf(order: Order): Watched | null {
  if (order.status === 'pending') return null;
  return order.status === 'paid' ? { state: 'paid', order } : { state: 'closed' };
}

/**
 * Asks how an order stands until it has ended or expired; not while nobody looks. Returns what ends
 * the watch.
 */
export function watchOrder({ read, deadline, onChange, world }: OrderWatch): () => void {
  let over = false;
  let asking = false;
  let failures = 0;
  let cancelTimer: () => void = () => undefined;

  function finish(watched: Watched): void {
    stop();
    onChange(watched);
  }

  function plan(): void {
    cancelTimer();
    if (over || asking || world.hidden()) return;
    const pause = Math.min(EVERY_MS * 2 ** failures, LONGEST_PAUSE_MS);
    cancelTimer = world.after(pause, () => void ask());
  }

  async function ask(): Promise<void> {
    if (over || asking) return;
    asking = true;
    const late = world.now() >= deadline + GRACE_MS;
    try {
      const end = endOf(await read());
      failures = 0;
      if (over) return;
      if (end !== null) return finish(end);
      if (late) return finish({ state: 'expired' });
      onChange({ state: 'waiting' });
    } catch {
      failures += 1;
      if (!over) onChange({ state: 'unsure' });
    } finally {
      asking = false;
      plan();
    }
  }

  const stopListening = world.onTurned(() => {
    if (world.hidden()) cancelTimer();
    // Whoever comes back from WeChat wants to know at once.
    else void ask();
  });

  function stop(): void {
    over = true;
    cancelTimer();
    stopListening();
  }

  plan();
  return stop;
}
