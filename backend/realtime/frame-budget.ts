export interface FrameBudget {
  /** Counts a frame; false when there have been too many for a while. */
  take(): boolean;
}

/** Far more than any client of ours says, far less than would keep a process busy. */
const MOST_FRAMES = 300;
const WINDOW_MS = 10_000;

export function createFrameBudget(most = MOST_FRAMES, windowMs = WINDOW_MS): FrameBudget {
  let since = Date.now();
  let frames = 0;
  return {
    take() {
      const now = Date.now();
      if (now - since >= windowMs) {
        since = now;
        frames = 0;
      }
      frames += 1;
      return frames <= most;
    },
  };
}
