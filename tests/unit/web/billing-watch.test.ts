import type { Order, OrderStatus } from '../../../web/src/api/billing-types.ts';
import { type Watched, watchOrder } from '../../../web/src/billing/watch-order.ts';

const order = (status: OrderStatus): Order => ({
  ...{ id: 'o', status, amountFen: 600, tokens: 300_000, expiresAt: '' },
});

/** A browser whose time passes when it is told to. */
function slowWorld() {
  let [time, hidden] = [0, false];
  const timers = new Map<() => void, number>();
  const listeners = new Set<() => void>();
  const settle = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  return {
    now: () => time,
    after(ms: number, work: () => void) {
      timers.set(work, time + ms);
      return () => void timers.delete(work);
    },
    hidden: () => hidden,
    onTurned(listener: () => void) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    async pass(ms: number) {
      for (const end = time + ms; time < end; ) {
        time += 500;
        for (const [work, due] of timers) {
          if (due > time) continue;
          timers.delete(work);
          work();
          await settle();
        }
      }
    },
    async turn(away: boolean) {
      hidden = away;
      for (const listener of listeners) listener();
      await settle();
    },
    waiting: () => timers.size + listeners.size,
  };
}

function watch(replies: (() => Order)[], deadline = 900_000) {
  const world = slowWorld();
  const heard: Watched['state'][] = [];
  let asked = 0;
  const stop = watchOrder({
    read: async () => {
      asked += 1;
      return (replies.length > 1 ? replies.shift() : replies[0])?.() ?? order('pending');
    },
    onChange: ({ state }) => void heard.push(state),
    ...{ deadline, world },
  });
  return { world, heard, stop, asked: () => asked, last: () => heard.at(-1) };
}

const pending = () => order('pending');
const paid = () => order('paid');
const broken = () => {
  throw new Error('no network');
};

describe('watching an order that is being paid', () => {
  it('asks every two seconds until it is paid, and never again', async () => {
    const { world, asked, heard } = watch([pending, pending, paid]);
    await world.pass(6000);
    expect([asked(), heard.at(-1)]).toEqual([3, 'paid']);
    await world.pass(60_000);
    expect([asked(), world.waiting()]).toEqual([3, 0]);
  });

  it('rests while nobody looks, and asks at once when somebody comes back', async () => {
    const { world, asked, last } = watch([pending, paid]);
    await world.pass(2000);
    await world.turn(true);
    await world.pass(120_000);
    expect(asked()).toBe(1);
    await world.turn(false);
    expect([asked(), last()]).toEqual([2, 'paid']);
  });

  it('goes on after a failure, ever more slowly, and comes round', async () => {
    const { world, heard, asked } = watch([broken, broken, pending]);
    await world.pass(2000);
    expect(heard).toEqual(['unsure']);
    await world.pass(11_000);
    expect(asked()).toBe(2);
    await world.pass(1000);
    expect(heard).toEqual(['unsure', 'unsure', 'waiting']);
  });

  it('asks once more after the end of its time before it gives up', async () => {
    const late = watch([pending], 10_000);
    await late.world.pass(13_500);
    expect(late.last()).toBe('waiting');
    await late.world.pass(2000);
    expect([late.last(), late.world.waiting()]).toEqual(['expired', 0]);
    const lucky = watch([pending, pending, pending, pending, pending, pending, paid], 10_000);
    await lucky.world.pass(20_000);
    expect(lucky.last()).toBe('paid');
  });

  it('ends with an order that was closed, and when it is told to', async () => {
    const closed = watch([() => order('closed')]);
    await closed.world.pass(2000);
    expect([closed.last(), closed.world.waiting()]).toEqual(['closed', 0]);
    const left = watch([pending]);
    await left.world.pass(2000);
    left.stop();
    await left.world.pass(60_000);
    expect([left.asked(), left.world.waiting()]).toEqual([1, 0]);
  });
});
