import fc from 'fast-check';
import {
  countAttempt,
  pardon,
  type ThrottleCounter,
  type ThrottleLimit,
} from '../../backend/accounts/passwords/throttle.ts';

const limit: ThrottleLimit = { free: 5, firstLockSeconds: 5, longestLockSeconds: 900 };
const START = new Date('2025-03-01T00:00:00Z');
const fresh: ThrottleCounter = { failures: 0, lockedUntil: null, lastFailedAt: START };
const later = (seconds: number, from = START) => new Date(from.getTime() + seconds * 1_000);

/** Tries again as soon as the lock opens; how long each attempt then had to wait. */
function waitsOf(attempts: number): number[] {
  let counter = fresh;
  let now = START;
  return Array.from({ length: attempts }, () => {
    const waited = Math.max(0, (counter.lockedUntil?.getTime() ?? 0) - now.getTime()) / 1_000;
    now = later(waited, now);
    const counted = countAttempt(counter, limit, now);
    if ('lockedUntil' in counted) throw new Error('the lock is over');
    counter = counted.counter;
    return waited;
  });
}

describe('a throttle', () => {
  it('lets the first few pass, then makes each wait twice as long as the one before', () => {
    expect(waitsOf(9)).toEqual([0, 0, 0, 0, 0, 5, 10, 20, 40]);
  });

  it('counts nothing while it is locked', () => {
    const lockedUntil = later(60);
    const counter = { failures: 7, lockedUntil, lastFailedAt: START };
    expect(countAttempt(counter, limit, later(59.999))).toEqual({ lockedUntil });
    expect(countAttempt(counter, limit, later(60))).toMatchObject({ counter: { failures: 8 } });
  });

  it('never locks longer than the longest', () => {
    expect(Math.max(...waitsOf(60))).toBeLessThanOrEqual(900);
  });

  it('has forgotten everything after an hour without a failure', () => {
    let counter = fresh;
    let now = START;
    for (let n = 0; n < 40; n += 1) {
      const counted = countAttempt(counter, limit, now);
      if ('counter' in counted) counter = counted.counter;
      now = counter.lockedUntil ?? now;
    }
    const counted = countAttempt(counter, limit, later(3_600, counter.lastFailedAt));
    expect(counted).toMatchObject({ counter: { failures: 1, lockedUntil: null } });
  });

  it('fades by the time that passed, however it is cut into pieces', () => {
    const counter = { ...fresh, failures: 12 };
    const once = countAttempt(counter, limit, later(1_800));
    let piecewise: ThrottleCounter = counter;
    for (let minute = 1; minute <= 30; minute += 1) {
      const unlocked = { ...piecewise, lockedUntil: null };
      const counted = countAttempt(unlocked, limit, later(minute * 60));
      if ('counter' in counted) piecewise = pardon(counted.counter);
    }
    if (!('counter' in once)) throw new Error('not locked');
    expect(piecewise.failures).toBe(once.counter.failures - 1);
  });

  it('forgets a good attempt as if it had not been', () => {
    const counter = { failures: 4, lockedUntil: null, lastFailedAt: START };
    const counted = countAttempt(counter, limit, later(1));
    if (!('counter' in counted)) throw new Error('not locked');
    expect(counted.counter.lockedUntil).not.toBeNull();
    expect(pardon(counted.counter)).toEqual(counter);
  });

  it('is not confused by a clock that goes back', () => {
    const counter = { failures: 3, lockedUntil: null, lastFailedAt: later(60) };
    expect(countAttempt(counter, limit, START)).toMatchObject({ counter: { failures: 4 } });
  });

  it('lets no one guess more than some dozen times an hour, whatever the rhythm', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 600 }), { maxLength: 400 }), (pauses) => {
        let counter = fresh;
        let seconds = 0;
        let passed = 0;
        for (const pause of pauses) {
          seconds += pause;
          const counted = countAttempt(counter, limit, later(seconds));
          if ('lockedUntil' in counted) continue;
          counter = counted.counter;
          passed += 1;
        }
        // Five at once, and with the thirteen that fade each hour.
        expect(passed).toBeLessThanOrEqual(13 + 14 * (seconds / 3_600 + 1));
      }),
    );
  });
});
