import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import { type AnswerListener, askQuestion, followAnswer } from '../api/ask-stream.ts';
import { randomKey } from '../api/random-key.ts';
import type { Message, Page } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';
import { asFailure, listenInto } from './answer-listener.ts';
import {
  type ConversationState,
  EMPTY,
  isLocal,
  LOADING,
  withEarlierPage,
  withFailure,
  withFollowed,
  withNewestPage,
  withoutPair,
  withQuestion,
} from './conversation-state.ts';

export interface Conversations {
  state(sessionId: string): Observable<ConversationState>;
  /** Loads the newest messages and goes on listening to an answer that is still being written. */
  open(sessionId: string): Promise<void>;
  /** A session that was just made: there is nothing to load. */
  start(sessionId: string): void;
  loadEarlier(sessionId: string): Promise<void>;
  ask(sessionId: string, content: string): Promise<void>;
  /** Puts the question of a failed answer again. */
  retry(sessionId: string, answerId: string): Promise<void>;
  /** False when the server does not offer stopping. */
  stop(sessionId: string): Promise<boolean>;
  clear(): void;
}

interface ConversationParts {
  client: ApiClient;
  onAnswered(sessionId: string): void;
}

type Cell = Observable<ConversationState>;

const PAGE = 30;

export function createConversations({ client, onAnswered }: ConversationParts): Conversations {
  const cells = new Map<string, Cell>();

  function cellOf(sessionId: string): Cell {
    const cell = cells.get(sessionId) ?? createObservable(LOADING);
    cells.set(sessionId, cell);
    return cell;
  }

  function fetchPage(sessionId: string, cursor: string | null): Promise<Page<Message>> {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return client.call(`/api/sessions/${sessionId}/messages?order=desc&limit=${PAGE}${after}`);
  }

  async function listen(
    sessionId: string,
    key: string | null,
    work: (listener: AnswerListener) => Promise<void>,
  ): Promise<void> {
    const cell = cellOf(sessionId);
    const listener = listenInto(cell);
    try {
      await work(listener);
      listener.flush();
    } catch (error) {
      listener.flush();
      if (await adoptRunning(sessionId, error)) return;
      cell.set(withFailure(cell.get(), asFailure(error, key)));
    }
    onAnswered(sessionId);
  }

  async function follow(sessionId: string, messageId: string): Promise<void> {
    const cell = cellOf(sessionId);
    cell.set(withFollowed(cell.get(), messageId));
    await listen(sessionId, null, (listener) =>
      followAnswer(client, { sessionId, messageId }, listener),
    );
  }

  /** The server is already answering this very question: a first attempt did reach it. */
  async function adoptRunning(sessionId: string, error: unknown): Promise<boolean> {
    if (!(error instanceof ApiError) || error.slug !== 'generation_in_progress') return false;
    const asked = cellOf(sessionId).get().messages.at(-2);
    const page = await fetchPage(sessionId, null).catch(() => null);
    const [answer, question] = page?.items ?? [];
    if (page === null || answer?.status !== 'streaming') return false;
    if (question?.content !== asked?.content) return false;
    cellOf(sessionId).set(withNewestPage(page));
    await follow(sessionId, answer.id);
    return true;
  }

  async function open(sessionId: string): Promise<void> {
    const cell = cellOf(sessionId);
    const before = cell.get();
    if (before.live !== null || Object.keys(before.failures).length > 0) return;
    if (before.phase === 'failed') cell.set(LOADING);
    try {
      const page = await fetchPage(sessionId, null);
      if (cell.get().live !== null) return;
      cell.set(withNewestPage(page));
      const [newest] = page.items;
      if (newest?.role === 'assistant' && newest.status === 'streaming') {
        await follow(sessionId, newest.id);
      }
    } catch (error) {
      if (before.phase !== 'ready') cell.set({ ...LOADING, phase: 'failed', error });
    }
  }

  async function put(sessionId: string, content: string, key: string): Promise<void> {
    const cell = cellOf(sessionId);
    if (cell.get().live !== null) return;
    const createdAt = new Date().toISOString();
    cell.set(withQuestion(cell.get(), { sessionId, content, key, createdAt }));
    await listen(sessionId, key, (listener) =>
      askQuestion(client, { sessionId, content, idempotencyKey: key }, listener),
    );
  }

  return {
    state: cellOf,
    open,
    start: (sessionId) => cellOf(sessionId).set(EMPTY),
    async loadEarlier(sessionId) {
      const cell = cellOf(sessionId);
      const { earlierCursor } = cell.get();
      if (earlierCursor === null) return;
      const page = await fetchPage(sessionId, earlierCursor);
      cell.set(withEarlierPage(cell.get(), page));
    },
    ask: (sessionId, content) => put(sessionId, content, randomKey()),
    async retry(sessionId, answerId) {
      const cell = cellOf(sessionId);
      const { messages, failures } = cell.get();
      const at = messages.findIndex((message) => message.id === answerId);
      const question = messages[at - 1];
      if (question === undefined) return;
      if (isLocal(answerId)) cell.set(withoutPair(cell.get(), answerId));
      await put(sessionId, question.content, failures[answerId]?.key ?? randomKey());
    },
    async stop(sessionId) {
      const { live } = cellOf(sessionId).get();
      if (live === null || isLocal(live.messageId)) return true;
      const path = `/api/sessions/${sessionId}/messages/${live.messageId}/stop`;
      try {
        await client.call(path, { method: 'POST', idempotencyKey: randomKey() });
        return true;
      } catch (error) {
        return !(error instanceof ApiError && error.status === 404);
      }
    },
    clear: () => cells.clear(),
  };
}
