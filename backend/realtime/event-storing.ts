import type { Logger } from '../logger.ts';
import { type AnswerEvent, EventOrderError } from './event-store.ts';

export interface StoringDependencies {
  append(event: AnswerEvent): Promise<void>;
  /** The event with this id, if it is stored. */
  find(id: number): Promise<AnswerEvent | undefined>;
  /** The last event there was before the first that is stored here. */
  lastId: number;
  logger: Logger;
}

const isSame = (one: AnswerEvent | undefined, other: AnswerEvent | undefined) =>
  JSON.stringify(one) === JSON.stringify(other);

/**
 * Stores one event after the other, once each. An attempt reported as failed may have arrived, so it
 * looks before a second; a store that came back without the last events, or empty, gets them again.
 */
export function createEventStoring(
  given: StoringDependencies,
): (event: AnswerEvent) => Promise<void> {
  const written: AnswerEvent[] = [];
  let uncertain = false;

  async function hasArrived(event: AnswerEvent): Promise<boolean> {
    const stored = await given.find(event.id);
    if (!stored) return false;
    if (isSame(stored, event)) return true;
    throw new Error(`another writer has stored event ${event.id}`);
  }

  /** What this writer stored before `event` and the store no longer has, if that is what is wrong. */
  async function lostBefore(event: AnswerEvent, error: unknown): Promise<AnswerEvent[]> {
    if (!(error instanceof EventOrderError)) return [];
    const { last } = error;
    if (last < given.lastId || last >= event.id - 1) return [];
    const known = written[last - given.lastId - 1];
    if (last > given.lastId && !isSame(await given.find(last), known)) return [];
    return written.slice(last - given.lastId);
  }

  async function append(event: AnswerEvent): Promise<void> {
    try {
      await given.append(event);
    } catch (error) {
      const lost = await lostBefore(event, error);
      if (lost.length === 0) throw error;
      given.logger.warn({ lost: lost.length }, 'the store lost events, written again');
      for (const each of lost) await given.append(each);
      await given.append(event);
    }
  }

  return async (event) => {
    if (!(uncertain && (await hasArrived(event)))) {
      uncertain = true;
      await append(event);
    }
    uncertain = false;
    written.push(event);
  };
}
