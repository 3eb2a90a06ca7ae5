/**
 * How often something may be tried. The first `free` attempts pass; each further one has to wait,
 * twice as long as the one before, up to `longestLockSeconds`.
 */
export interface ThrottleLimit {
  free: number;
  firstLockSeconds: number;
  longestLockSeconds: number;
}

export interface ThrottleCounter {
  failures: number;
  lockedUntil: Date | null;
  /** What was counted fades from here on. */
  lastFailedAt: Date;
}

export type Counted = { counter: ThrottleCounter } | { lockedUntil: Date };

const HOUR_MS = 3_600_000;

/** More failures than lead to the longest lock are not told apart. */
function mostFailures({ free, firstLockSeconds, longestLockSeconds }: ThrottleLimit): number {
  return free + Math.ceil(Math.log2(longestLockSeconds / firstLockSeconds));
}

/**
 * Failures fade evenly, so fast that an hour without one empties any counter: many people behind one
 * address who now and then mistype do not lock each other out, and nobody waits for the full hour.
 */
function fade(counter: ThrottleCounter, limit: ThrottleLimit, now: Date): ThrottleCounter {
  const intervalMs = HOUR_MS / mostFailures(limit);
  const elapsedMs = Math.max(0, now.getTime() - counter.lastFailedAt.getTime());
  const faded = Math.floor(elapsedMs / intervalMs);
  const failures = Math.max(0, counter.failures - faded);
  const lastFailedAt =
    failures === 0 ? now : new Date(counter.lastFailedAt.getTime() + faded * intervalMs);
  return { ...counter, failures, lastFailedAt };
}

/** Counts an attempt as failed before it is made, or says until when there is none to make. */
export function countAttempt(counter: ThrottleCounter, limit: ThrottleLimit, now: Date): Counted {
  const { lockedUntil } = counter;
  if (lockedUntil && lockedUntil > now) return { lockedUntil };
  const faded = fade(counter, limit, now);
  const failures = Math.min(faded.failures + 1, mostFailures(limit));
  return { counter: { ...faded, failures, lockedUntil: lockAfter(failures, limit, now) } };
}

function lockAfter(failures: number, limit: ThrottleLimit, now: Date): Date | null {
  if (failures < limit.free) return null;
  const doubled = limit.firstLockSeconds * 2 ** (failures - limit.free);
  return new Date(now.getTime() + Math.min(doubled, limit.longestLockSeconds) * 1_000);
}

/** Takes back one attempt that was counted and turned out well. */
export function pardon(counter: ThrottleCounter): ThrottleCounter {
  return { ...counter, failures: Math.max(0, counter.failures - 1), lockedUntil: null };
}
