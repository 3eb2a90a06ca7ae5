/** A bell that remembers that it rang until it is reset. */
export interface WakeCall {
  call(): void;
  reset(): void;
  /** Returns at the next call, at once if there was one since the reset, or after `ms`. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

export function createWakeCall(): WakeCall {
  let called = false;
  let wakeUp: (() => void) | undefined;
  return {
    call() {
      called = true;
      wakeUp?.();
    },
    reset() {
      called = false;
    },
    wait(ms, signal) {
      if (called || signal.aborted) return Promise.resolve();
      return new Promise((resolve) => {
        const settle = () => {
          clearTimeout(timer);
          signal.removeEventListener('abort', settle);
          wakeUp = undefined;
          resolve();
        };
        const timer = setTimeout(settle, ms);
        signal.addEventListener('abort', settle);
        wakeUp = settle;
      });
    },
  };
}

const WAKE_INTERVAL_MS = 25;

/** Calls at once, then at most every 25 ms however often it is asked; the last asking counts. */
export function createWaker(wake: () => Promise<void>): () => void {
  let resting = false;
  let wanted = false;
  const ring = async () => {
    resting = true;
    wanted = false;
    await wake();
    setTimeout(() => {
      resting = false;
      if (wanted) void ring();
    }, WAKE_INTERVAL_MS);
  };
  return () => {
    wanted = true;
    if (!resting) void ring();
  };
}
