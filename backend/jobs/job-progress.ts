import type { Progress } from './job.ts';

/** So often at most, but for the first word of each stage. */
const WRITE_EVERY_MS = 500;

export interface ProgressWriter {
  report(progress: Progress): Promise<void>;
  /** Writes what waits for its turn. */
  flush(): Promise<void>;
}

/** Thins out what a busy processor reports; what was reported last is always written in the end. */
export function createProgressWriter(write: (progress: Progress) => Promise<void>): ProgressWriter {
  let stage: string | undefined;
  let writtenAt = 0;
  let waiting: Progress | undefined;
  let timer: NodeJS.Timeout | undefined;
  let writing: Promise<void> = Promise.resolve();

  function writeNow(progress: Progress): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    waiting = undefined;
    stage = progress.stage;
    writtenAt = Date.now();
    writing = writing.catch(() => undefined).then(() => write(progress));
    return writing;
  }

  async function flush(): Promise<void> {
    if (waiting) return writeNow(waiting);
    await writing;
  }

  return {
    async report(progress) {
      const left = writtenAt + WRITE_EVERY_MS - Date.now();
      if (progress.stage !== stage || left <= 0) return writeNow(progress);
      waiting = progress;
      // Whoever reports next, or ends, hears of a failure.
      timer ??= setTimeout(() => void flush().catch(() => undefined), left);
    },
    flush,
  };
}
