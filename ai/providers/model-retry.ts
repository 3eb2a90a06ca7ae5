import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerPart } from './answer-model.ts';
import { ModelError } from './model-error.ts';
import { retryAfterOf } from './translate-model-failure.ts';

export interface RetrySettings {
  /** Requests in all, the first one included. */
  tries: number;
  baseDelayMs: number;
  /** Longest pause; a provider that asks for more is not asked again. */
  maxDelayMs: number;
}

export const defaultRetry: RetrySettings = { tries: 3, baseDelayMs: 500, maxDelayMs: 8000 };

/** Satisfied by pino; `ai/` knows no logger. */
export interface ModelLog {
  warn(fields: object, message: string): void;
}

/**
 * Repeats an attempt that failed in a way worth repeating, but never once any part of the answer has
 * been handed on: the provider has then charged for it and the learner has read it.
 */
export async function* answerWithRetry(
  attempt: () => AsyncIterable<AnswerPart>,
  signal: AbortSignal,
  settings: RetrySettings,
  log?: ModelLog,
): AsyncGenerator<AnswerPart> {
  for (let tried = 1; ; tried += 1) {
    let started = false;
    try {
      for await (const part of attempt()) {
        started = true;
        yield part;
      }
      return;
    } catch (error) {
      const delayMs = started ? undefined : delayBefore(error, tried, settings);
      if (delayMs === undefined) throw error;
      log?.warn({ err: error, tried, delayMs }, 'model did not answer; trying again');
      await sleep(delayMs, undefined, { signal }).catch(() => signal.throwIfAborted());
    }
  }
}

function delayBefore(error: unknown, tried: number, settings: RetrySettings): number | undefined {
  if (!(error instanceof ModelError) || !error.retryable || tried >= settings.tries)
    return undefined;
  const asked = retryAfterOf(error) ?? 0;
  if (asked > settings.maxDelayMs) return undefined;
  const backoff = Math.min(settings.maxDelayMs, settings.baseDelayMs * 2 ** (tried - 1));
  // Half fixed, half random, so that learners refused together do not come back together.
  return Math.max(asked, Math.round(backoff * (0.5 + Math.random() / 2)));
}
