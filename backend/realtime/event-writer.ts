import { mergeText } from './event-merging.ts';
import type { AnswerEvent } from './event-store.ts';
import { createEventStoring, type StoringDependencies } from './event-storing.ts';
import { createWaker } from './wake-call.ts';

export interface EventWriter {
  /**
   * Numbers the event and stores it; calls may overlap, their order is kept. Text that comes while
   * the one before is not yet on its way becomes part of it, so that a store which is slower than
   * the model is asked less often. When the store is away this rejects, for a second after a failure
   * at once, but the event is kept: the writer goes on trying in the background for two minutes. So
   * its owner may carry on and still expect listeners to get everything once the store is back, even
   * one that comes back with less than it had.
   */
  append(name: AnswerEvent['name'], data: unknown): Promise<AnswerEvent>;
  /** Tries at once to store whatever is kept back; rejects when that is impossible. */
  settle(): Promise<void>;
}

interface Outage {
  error: unknown;
  since: number;
  retryAt: number;
}

const RETRY_MS = 1_000;
const GIVE_UP_MS = 120_000;

interface WriterDependencies extends StoringDependencies {
  wake(): Promise<void>;
}

/** Listeners also poll, so a call that goes astray costs them a moment and is logged once. */
function createListenerCall(given: WriterDependencies): () => void {
  let warned = false;
  return createWaker(() =>
    given.wake().catch((error: unknown) => {
      if (!warned) given.logger.warn({ err: error }, 'listeners could not be woken');
      warned = true;
    }),
  );
}

export function createEventWriter(given: WriterDependencies): EventWriter {
  const store = createEventStoring(given);
  const callListeners = createListenerCall(given);
  const kept: AnswerEvent[] = [];
  /** May be stored already, so it must stay as it is. */
  let attempted: AnswerEvent | undefined;
  let lastId = given.lastId;
  let turn: Promise<void> = Promise.resolve();
  let outage: Outage | undefined;
  let retry: NodeJS.Timeout | undefined;

  function keep(name: AnswerEvent['name'], data: unknown): AnswerEvent {
    const tail = kept.at(-1);
    if (tail && tail !== attempted && mergeText(tail, name, data)) return tail;
    lastId += 1;
    const event: AnswerEvent = { id: lastId, name, data };
    kept.push(event);
    return event;
  }

  function noteFailure(error: unknown): void {
    const now = Date.now();
    if (!outage) given.logger.warn({ err: error }, 'event not stored, kept for later');
    outage = { error, since: outage?.since ?? now, retryAt: now + RETRY_MS };
    clearTimeout(retry);
    if (now - outage.since > GIVE_UP_MS) return;
    retry = setTimeout(() => settle().catch(() => undefined), RETRY_MS);
    retry.unref();
  }

  async function flush(): Promise<void> {
    try {
      for (let event = kept[0]; event; event = kept[0]) {
        attempted = event;
        await store(event);
        kept.shift();
        callListeners();
      }
      outage = undefined;
    } catch (error) {
      noteFailure(error);
      throw error;
    }
  }

  function settle(): Promise<void> {
    const mine = turn.then(flush);
    turn = mine.catch(() => undefined);
    return mine;
  }

  return {
    async append(name, data) {
      const event = keep(name, data);
      if (outage && Date.now() < outage.retryAt) throw outage.error;
      await settle();
      return event;
    },
    settle,
  };
}
