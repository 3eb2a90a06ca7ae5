import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import { randomKey } from '../api/random-key.ts';
import type { Feedback, Message } from '../api/types.ts';
import type { Observable } from '../state/observable.ts';
import { withMessage, withoutMessages, withVersion } from './conversation-changes.ts';
import type { ConversationState } from './conversation-state.ts';

/** What can be done to a message that stands there. All of it rejects with the server's refusal. */
export interface MessageActions {
  favor(message: Message, favorite: boolean): Promise<void>;
  /** Null takes it back. */
  rate(message: Message, feedback: Feedback | null): Promise<void>;
  /** Shows the answer to the same question that is `step` further on, or back. */
  turn(current: Message, step: 1 | -1): Promise<void>;
  /** Withdraws an own question with all its answers. */
  recall(question: Message): Promise<void>;
}

interface ActionParts {
  client: ApiClient;
  cellOf(sessionId: string): Observable<ConversationState>;
  /** Stops listening to what is being written there. */
  leave(sessionId: string): void;
  onAnswered(sessionId: string): void;
}

function isAnswering(state: ConversationState, questionId: string): boolean {
  const at = state.messages.findIndex(({ id }) => id === questionId);
  return state.live !== null && state.messages[at + 1]?.id === state.live.messageId;
}

export function createMessageActions(parts: ActionParts): MessageActions {
  const { client, cellOf } = parts;

  function keep(fresh: Message): void {
    const cell = cellOf(fresh.sessionId);
    cell.set(withMessage(cell.get(), fresh));
  }

  async function withdraw({ id, sessionId }: Message): Promise<readonly string[]> {
    const path = `/api/sessions/${sessionId}/messages/${id}/recall`;
    try {
      const options = { method: 'POST', body: {}, idempotencyKey: randomKey() } as const;
      return (await client.call<{ recalled: string[] }>(path, options)).recalled;
    } catch (error) {
      // Withdrawn before, in another tab.
      if (error instanceof ApiError && error.status === 404) return [];
      throw error;
    }
  }

  return {
    async favor({ id }, favorite) {
      const method = favorite ? 'PUT' : 'DELETE';
      keep(await client.call<Message>(`/api/messages/${id}/favorite`, { method }));
    },
    async rate({ id }, feedback) {
      const { rating, comment } = feedback ?? {};
      const options = feedback
        ? ({ method: 'PUT', body: { rating, ...(comment ? { comment } : {}) } } as const)
        : ({ method: 'DELETE' } as const);
      keep(await client.call<Message>(`/api/messages/${id}/feedback`, options));
    },
    async turn(current, step) {
      const cell = cellOf(current.sessionId);
      const known = cell.get().versions[current.id];
      const items =
        known?.items ??
        (await client.call<{ items: Message[] }>(`/api/messages/${current.id}/versions`)).items;
      const now = known?.shown ?? items.findIndex(({ id }) => id === current.id);
      cell.set(withVersion(cell.get(), current.id, { items, shown: now + step }));
    },
    async recall(question) {
      const { id, sessionId } = question;
      const cell = cellOf(sessionId);
      const recalled = await withdraw(question);
      const state = cell.get();
      if (isAnswering(state, id)) parts.leave(sessionId);
      const at = state.messages.findIndex((message) => message.id === id);
      const next = state.messages[at + 1];
      const below = at !== -1 && next?.role === 'assistant' ? [next.id] : [];
      cell.set(withoutMessages(state, [id, ...below, ...recalled]));
      parts.onAnswered(sessionId);
    },
  };
}
