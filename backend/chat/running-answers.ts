import type { Citation } from '../citations/citation.ts';
import type { Logger } from '../logger.ts';
import { isLostConnection } from '../platform/database/lost-connection.ts';
import type { MessageStore, Progress } from './message-store.ts';

export const LEASE_MS = 30_000;
/** With text that is not saved yet; so much of it may be lost when the process dies. */
const SAVE_MS = 1_500;
/** With nothing new to save. */
const RENEW_MS = 5_000;

/** Why an answer is cut short: its learner said stop, or the process has to end. */
export type StopReason = 'stopped' | 'shutdown' | 'lost';

export interface Draft {
  content: string;
  /** Once they are known. */
  citations?: Citation[] | undefined;
}

interface RunningAnswer {
  abort: AbortController;
  draft(): Draft;
  saved: { content: string; citations: boolean; at: number };
}

export interface RunningAnswers {
  leaseUntil(): Date;
  add(messageId: string, draft: () => Draft): AbortSignal;
  has(messageId: string): boolean;
  remove(messageId: string): void;
  stop(messageId: string, reason: StopReason): void;
  stopAll(reason: StopReason): void;
  readonly count: number;
  close(): void;
}

/**
 * The answers this process owns. Every moment what is new of them is saved and their leases are
 * renewed, so that after a crash little is missing and somebody can tell that the owner is gone.
 */
export function createRunningAnswers(
  messages: Pick<MessageStore, 'saveProgress' | 'byId'>,
  logger: Logger,
): RunningAnswers {
  const running = new Map<string, RunningAnswer>();
  const leaseUntil = () => new Date(Date.now() + LEASE_MS);
  const saving = createSaving(messages, leaseUntil, logger);

  let busy = false;
  const timer = setInterval(async () => {
    if (busy) return;
    busy = true;
    await saving.save(running).finally(() => {
      busy = false;
    });
  }, SAVE_MS);
  timer.unref();

  return {
    leaseUntil,
    add(messageId, draft) {
      const abort = new AbortController();
      const saved = { content: '', citations: false, at: Date.now() };
      running.set(messageId, { abort, draft, saved });
      return abort.signal;
    },
    has: (messageId) => running.has(messageId),
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

function createSaving(
  messages: Pick<MessageStore, 'saveProgress' | 'byId'>,
  leaseUntil: () => Date,
  logger: Logger,
) {
  async function saveAll(running: ReadonlyMap<string, RunningAnswer>, due: readonly Progress[]) {
    const now = Date.now();
    const saved = new Set(await messages.saveProgress(due, leaseUntil()));
    for (const { id, content, citations } of due) {
      const answer = running.get(id);
      if (!answer) continue;
      if (saved.has(id)) {
        const known = answer.saved.citations || citations !== undefined;
        answer.saved = { content, citations: known, at: now };
      } else if ((await messages.byId(id))?.status !== 'streaming') {
        answer.abort.abort('lost' satisfies StopReason);
      }
    }
  }

  return {
    /** All together; where that fails each by itself, so that none costs the others their leases. */
    async save(running: ReadonlyMap<string, RunningAnswer>): Promise<void> {
      const due = [...running].flatMap(([id, answer]) => dueOf(id, answer));
      if (due.length === 0) return;
      try {
        await saveAll(running, due);
      } catch (error) {
        if (isLostConnection(error)) {
          logger.warn({ err: error, answers: due.length }, 'leases not renewed');
          return;
        }
        for (const one of due) {
          await saveAll(running, [one]).catch((error: unknown) => {
            logger.warn({ err: error, messageId: one.id }, 'lease not renewed');
          });
        }
      }
    },
  };
}

function dueOf(id: string, { draft, saved }: RunningAnswer): Progress[] {
  const { content, citations } = draft();
  const news = content !== saved.content;
  if (!news && Date.now() - saved.at < RENEW_MS) return [];
  return [{ id, content, ...(saved.citations ? {} : { citations }) }];
}
