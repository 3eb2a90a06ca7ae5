import { useEffect, useState } from 'react';
import { secondsUntil } from '../form/wait.ts';
import { strings } from '../strings.ts';
import type { Watched } from './watch-order.ts';

const words = strings.recharge;

interface PaymentStatusProps {
  watched: Watched;
  deadline: number;
  /** There is a code whose time runs out. */
  counts: boolean;
}

const TEXT: Record<Exclude<Watched['state'], 'paid'>, string> = {
  waiting: words.waiting,
  unsure: words.unsure,
  expired: words.expired,
  closed: words.closed,
};

export function PaymentStatus({ watched, deadline, counts }: PaymentStatusProps) {
  const left = useSecondsLeft(deadline);
  const running = watched.state === 'waiting' || watched.state === 'unsure';
  if (watched.state === 'paid') return null;
  return (
    <div className="payment-status">
      <p role="status" className={running ? 'payment-waiting' : undefined}>
        {TEXT[watched.state]}
      </p>
      {/* Outside the status, or it would be read out every second. */}
      {running && counts && left > 0 && (
        <p className="fine-print">
          {words.left} <span className="payment-left">{clockOf(left)}</span>
        </p>
      )}
    </div>
  );
}

/** 「9:05」 */
export function clockOf(seconds: number): string {
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

function useSecondsLeft(deadline: number): number {
  const [left, setLeft] = useState(() => secondsUntil(deadline, Date.now()));
  useEffect(() => {
    const tick = () => setLeft(secondsUntil(deadline, Date.now()));
    tick();
    const timer = setInterval(tick, 1000);
    return () => clearInterval(timer);
  }, [deadline]);
  return left;
}
