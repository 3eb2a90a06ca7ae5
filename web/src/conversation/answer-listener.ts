import type { AnswerEvent } from '../api/answer-event.ts';
import { ApiError } from '../api/api-error.ts';
import type { AnswerListener } from '../api/ask-stream.ts';
import type { Observable } from '../state/observable.ts';
import { applyAnswerEvent, type ConversationState, type Failure } from './conversation-state.ts';

/** Deltas are gathered this long before the page is painted again. */
const PAINT_MS = 40;
const UNSURE = new Set(['unreachable', 'connection_lost']);

/** What the page keeps of an error, and whether the same question may go out under the same key. */
export function asFailure(error: unknown, key: string | null): Failure {
  const known = error instanceof ApiError ? error : null;
  const slug = known?.slug ?? 'unexpected';
  const wait = known?.retryAfterSeconds ?? null;
  return {
    status: known?.status ?? 0,
    slug,
    message: known?.message ?? '',
    requestId: known?.requestId ?? null,
    // Only where the server may have heard us is the same key the right one.
    key: UNSURE.has(slug) ? key : null,
    ...(wait === null ? {} : { retryAt: new Date(Date.now() + wait * 1000).toISOString() }),
  };
}

/** Writes what is heard into the conversation, gathering tokens so that not each one repaints. */
export function listenInto(
  cell: Observable<ConversationState>,
): AnswerListener & { flush(): void } {
  let waiting: AnswerEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    if (events.length > 0) cell.set(events.reduce(applyAnswerEvent, cell.get()));
  }
  return {
    flush,
    onEvent(event) {
      waiting.push(event);
      if (event.name !== 'delta' && event.name !== 'thinking') flush();
      else timer ??= setTimeout(flush, PAINT_MS);
    },
    onReconnecting(reconnecting) {
      const { live } = cell.get();
      if (live === null || live.reconnecting === reconnecting) return;
      cell.set({ ...cell.get(), live: { ...live, reconnecting } });
    },
  };
}
