import type { Logger } from '../logger.ts';
import type { MessageStore } from './message-store.ts';

export const LEASE_MS = 30_000;
const RENEW_MS = 5_000;

/** Why an answer is cut short: its learner said stop, or the process has to end. */
export type StopReason = 'stopped' | 'shutdown' | 'lost';

interface RunningAnswer {
  abort: AbortController;
  content(): string;
}

export interface RunningAnswers {
  leaseUntil(): Date;
  add(messageId: string, content: () => string): AbortSignal;
  remove(messageId: string): void;
  stop(messageId: string, reason: StopReason): void;
  stopAll(reason: StopReason): void;
  readonly count: number;
  close(): void;
}

/**
 * The answers this process owns. Every few seconds their leases are renewed together with the text
 * so far, so that after a crash little is missing and somebody can tell that the owner is gone.
 */
export function createRunningAnswers(messages: MessageStore, logger: Logger): RunningAnswers {
  const running = new Map<string, RunningAnswer>();
  const leaseUntil = () => new Date(Date.now() + LEASE_MS);

  /** One answer that cannot be saved does not cost the others their leases. */
  async function renew(id: string, answer: RunningAnswer): Promise<void> {
    try {
      const mine = await messages.saveProgress(id, answer.content(), leaseUntil());
      if (!mine) answer.abort.abort('lost' satisfies StopReason);
    } catch (error) {
      logger.warn({ err: error, messageId: id }, 'lease not renewed');
    }
  }

  let renewing = false;
  const timer = setInterval(async () => {
    if (renewing) return;
    renewing = true;
    for (const [id, answer] of running) await renew(id, answer);
    renewing = false;
  }, RENEW_MS);
  timer.unref();

  return {
    leaseUntil,
    add(messageId, content) {
      const abort = new AbortController();
      running.set(messageId, { abort, content });
      return abort.signal;
    },
    remove(messageId) {
      running.delete(messageId);
    },
    stop(messageId, reason) {
      running.get(messageId)?.abort.abort(reason);
    },
    stopAll(reason) {
      for (const { abort } of running.values()) abort.abort(reason);
    },
    get count() {
      return running.size;
    },
    close() {
      clearInterval(timer);
    },
  };
}
