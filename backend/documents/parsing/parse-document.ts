import { Worker } from 'node:worker_threads';
import { RefusedFile } from '../../../corpus/uploads/refused-file.ts';
import type { DocumentReport, ParsedBatch, ParseInput } from './parsed-document.ts';
import type { ThreadMessage } from './thread-messages.ts';

export type {
  ChapterCorrection,
  Corrections,
  DocumentReport,
  ParsedBatch,
  ParsedChapter,
  ParsedPassage,
  ParseInput,
} from './parsed-document.ts';

export interface ParseOptions {
  /** The thread goes on when it returns. */
  onBatch(batch: ParsedBatch): Promise<void>;
  onProgress(doneBytes: number, totalBytes: number): Promise<void>;
  /** Ends the thread; `parseDocument` then throws the signal's reason. */
  signal: AbortSignal;
  limits?: Partial<ThreadLimits>;
}

export interface ThreadLimits {
  /** Of the thread's heap, in MiB, whatever the size of the document. */
  heapMegabytes: number;
  /** Without a word from the thread; the time its batches take here does not count. */
  silenceMs: number;
}

const LIMITS: ThreadLimits = { heapMegabytes: 256, silenceMs: 60_000 };

/** The same file, built or not. */
const THREAD = new URL(
  `./parse-thread${import.meta.url.endsWith('.ts') ? '.ts' : '.js'}`,
  import.meta.url,
);

/**
 * Reads a file in a thread of its own, so that the process stays responsive, its memory bounded, and
 * a file that defeats the reader costs a thread. Throws `RefusedFile` for one that cannot be taken in.
 */
export async function parseDocument(
  input: ParseInput,
  options: ParseOptions,
): Promise<DocumentReport> {
  options.signal.throwIfAborted();
  const limits = { ...LIMITS, ...options.limits };
  const thread = new Worker(THREAD, {
    workerData: input,
    // None of the process's own: flags for its debugger or its heap mean nothing to the thread.
    execArgv: [],
    resourceLimits: { maxOldGenerationSizeMb: limits.heapMegabytes, maxYoungGenerationSizeMb: 32 },
  });
  const silence = createAlarm(limits.silenceMs);
  let stop: () => void = () => {};
  // A batch may still be on its way when everything else has ended.
  let isOver = false;
  try {
    return await new Promise<DocumentReport>((resolve, reject) => {
      stop = () => reject(options.signal.reason);
      options.signal.addEventListener('abort', stop, { once: true });
      silence.onRing(() => reject(new RefusedFile('too_slow')));
      thread.on('error', (error) => reject(threadFailure(error)));
      thread.on('exit', (code) => reject(new Error(`the parsing thread ended with ${code}`)));
      thread.on('message', (message: ThreadMessage) => {
        silence.restart();
        hear(message).catch(reject);
      });

      async function hear(message: ThreadMessage): Promise<void> {
        if (message.kind === 'done') resolve(message.report);
        else if (message.kind === 'refused') {
          reject(RefusedFile.revive(message.reason, message.message));
        } else if (message.kind === 'progress') {
          await options.onProgress(message.done, message.total);
        } else {
          silence.stop();
          await options.onBatch(message.batch);
          if (isOver) return;
          thread.postMessage({ kind: 'taken' });
          silence.restart();
        }
      }
    });
  } finally {
    isOver = true;
    options.signal.removeEventListener('abort', stop);
    silence.stop();
    thread.removeAllListeners();
    // What it still has to say while it ends no longer matters.
    thread.on('error', () => {});
    await thread.terminate();
  }
}

function threadFailure(error: Error & { code?: string }): Error {
  const tooMuch = error.code === 'ERR_WORKER_OUT_OF_MEMORY' || error.name === 'RangeError';
  return tooMuch ? new RefusedFile('too_complex') : error;
}

function createAlarm(afterMs: number) {
  let timer: NodeJS.Timeout | undefined;
  let ring: () => void = () => {};
  const alarm = {
    onRing(listener: () => void) {
      ring = listener;
      alarm.restart();
    },
    stop: () => clearTimeout(timer),
    restart() {
      clearTimeout(timer);
      timer = setTimeout(() => ring(), afterMs);
    },
  };
  return alarm;
}
