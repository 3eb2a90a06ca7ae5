import type { AnswerEvent } from '../api/answer-event.ts';
import type { AnswerListener } from '../api/answer-line.ts';
import { ApiError } from '../api/api-error.ts';
import type { Observable } from '../state/observable.ts';
import { applyAnswerEvent, type ConversationState, type Failure } from './conversation-state.ts';

/** Deltas are gathered this long before the page is painted again. */
const PAINT_MS = 40;
const UNSURE = new Set(['unreachable', 'connection_lost']);

/** Whether the server may have heard us: a gateway that gave up does not know either. */
const isUnsure = (slug: string, status: number) =>
  UNSURE.has(slug) || (slug === 'unexpected' && status >= 502);

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
    key: isUnsure(slug, known?.status ?? 0) ? key : null,
    ...(wait === null ? {} : { retryAt: new Date(Date.now() + wait * 1000).toISOString() }),
  };
}

/**
 * Writes what is heard into the conversation, gathering tokens so that not each one repaints. Once
 * nobody listens any more, what still arrives must not get into the next answer.
 */
export function listenInto(
  cell: Observable<ConversationState>,
  signal: AbortSignal,
): AnswerListener & { flush(): void } {
  let waiting: AnswerEvent[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  function flush(): void {
    clearTimeout(timer);
    timer = undefined;
    const events = waiting;
    waiting = [];
    if (events.length === 0 || signal.aborted) return;
    cell.set(events.reduce(applyAnswerEvent, cell.get()));
  }
  return {
    flush,
    onEvent(event) {
      waiting.push(event);
      if (event.name !== 'delta' && event.name !== 'thinking') flush();
      else timer ??= setTimeout(flush, PAINT_MS);
    },
    onReconnecting(reconnecting) {
      // What was heard before the line broke is shown before that is said.
      if (reconnecting) flush();
      const { live } = cell.get();
      if (signal.aborted || live === null || live.reconnecting === reconnecting) return;
      cell.set({ ...cell.get(), live: { ...live, reconnecting } });
    },
  };
}
