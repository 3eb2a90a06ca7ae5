import type { ApiClient } from '../api/api-client.ts';
import { ApiError } from '../api/api-error.ts';
import type { Network } from '../api/network.ts';
import { randomKey } from '../api/random-key.ts';
import type { Message, Page } from '../api/types.ts';
import { createObservable, type Observable } from '../state/observable.ts';
import { createAnswerRuns } from './answer-runs.ts';
import { withAnotherAnswer, withVersion } from './conversation-changes.ts';
import {
  type ConversationState,
  EMPTY,
  type Failure,
  isLocal,
  type LiveAnswer,
  LOADING,
  withEarlierPage,
  withNewestPage,
} from './conversation-state.ts';
import { createMessageActions, type MessageActions } from './message-actions.ts';
import { createQuestions } from './questions.ts';
import type { Unsent } from './unsent.ts';

export interface Conversations extends MessageActions {
  state(sessionId: string): Observable<ConversationState>;
  /** Loads the newest messages and goes on listening to an answer that is still being written. */
  open(sessionId: string): Promise<void>;
  /** A session that was just made: there is nothing to load. */
  start(sessionId: string): void;
  loadEarlier(sessionId: string): Promise<void>;
  /** Loads as far back as this message; the id it stands under on the page, or null. */
  reveal(sessionId: string, messageId: string): Promise<string | null>;
  ask(sessionId: string, content: string): Promise<void>;
  /** Another answer to the same question; what was refused where the old one stays, else null. */
  regenerate(sessionId: string, answerId: string, thinking?: boolean): Promise<Failure | null>;
  /** Whatever helps after a failure: asking again, listening again, or another answer. */
  retry(sessionId: string, answerId: string): Promise<void>;
  /** False when the server does not offer stopping. */
  stop(sessionId: string): Promise<boolean>;
  /** Sends what a former visit of the page could not. */
  sendWaiting(): void;
  clear(): void;
}

interface ConversationParts {
  client: ApiClient;
  network: Network;
  unsent: Unsent;
  onAnswered(sessionId: string): void;
}

type Cell = Observable<ConversationState>;

const PAGE = 30;
/** Looking for one message far back takes few, long pages. */
const LONG_PAGE = 100;

const isWritten = ({ status }: Message): boolean => status === 'streaming';

/** The answer that is being written, once the server has given it a name; null if it never does. */
function namedAnswer(cell: Cell): Promise<LiveAnswer | null> {
  const { live } = cell.get();
  if (live === null || !isLocal(live.messageId)) return Promise.resolve(live);
  return new Promise((resolve) => {
    const unsubscribe = cell.subscribe(() => {
      const now = cell.get().live;
      if (now !== null && isLocal(now.messageId)) return;
      unsubscribe();
      resolve(now);
    });
  });
}

export function createConversations(parts: ConversationParts): Conversations {
  const { client, network, unsent } = parts;
  const cells = new Map<string, Cell>();
  const runs = createAnswerRuns({ ...parts, cellOf, adopt });
  const questions = createQuestions({ network, unsent, runs, cells, cellOf });
  const actions = createMessageActions({ ...parts, cellOf, leave: runs.leave });

  function cellOf(sessionId: string): Cell {
    const cell = cells.get(sessionId) ?? createObservable(LOADING);
    cells.set(sessionId, cell);
    return cell;
  }

  function fetchPage(sessionId: string, cursor: string | null, limit = PAGE) {
    const after = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    return client.call<Page<Message>>(
      `/api/sessions/${sessionId}/messages?order=desc&limit=${limit}${after}`,
    );
  }

  /** The server is answering already, here or for another tab: that is what is to be seen. */
  async function adopt(sessionId: string, error: unknown): Promise<boolean> {
    if (!(error instanceof ApiError) || error.slug !== 'generation_in_progress') return false;
    const cell = cellOf(sessionId);
    const { live, messages } = cell.get();
    const page = await fetchPage(sessionId, null).catch(() => null);
    if (page === null || (live?.replaces && !page.items.some(isWritten))) return false;
    const answered = page.items[page.items.findIndex(isWritten) + 1];
    const own = live?.replaces ? undefined : messages.at(-2);
    const theirs = own !== undefined && answered?.content !== own.content;
    cell.set({ ...withNewestPage(page), draft: theirs ? { text: own.content } : null });
    await followRunning(sessionId);
    return true;
  }

  /** An answer that is being written, maybe to an old question anew, is listened to. */
  async function followRunning(sessionId: string): Promise<void> {
    const { live, messages } = cellOf(sessionId).get();
    const written = messages.find(isWritten);
    if (live === null && written !== undefined) await runs.follow(sessionId, written.id);
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
      questions.recognise(sessionId);
      await followRunning(sessionId);
      await questions.takeUp(sessionId);
    } catch (error) {
      if (before.phase !== 'ready') cell.set({ ...LOADING, phase: 'failed', error });
    }
  }

  async function loadEarlier(sessionId: string, limit = PAGE): Promise<void> {
    const cell = cellOf(sessionId);
    const { earlierCursor } = cell.get();
    if (earlierCursor === null) return;
    const page = await fetchPage(sessionId, earlierCursor, limit);
    if (cell.get().earlierCursor !== earlierCursor) return;
    cell.set(withEarlierPage(cell.get(), page));
    void followRunning(sessionId);
  }

  async function regenerate(sessionId: string, answerId: string, thinking?: boolean) {
    const cell = cellOf(sessionId);
    const key = randomKey();
    const next = withAnotherAnswer(cell.get(), answerId, key);
    if (next === cell.get()) return null;
    cell.set(next);
    const path = `/api/sessions/${sessionId}/messages/${answerId}/regenerate`;
    const body = thinking === undefined ? {} : { thinking };
    const failure = await runs.begin(sessionId, { path, body, idempotencyKey: key });
    const back = cell.get().messages.find(({ id }) => id === answerId);
    return back !== undefined && back.status !== 'failed' ? failure : null;
  }

  async function reveal(sessionId: string, messageId: string): Promise<string | null> {
    const cell = cellOf(sessionId);
    const find = (ids: readonly string[]) => cell.get().messages.find(({ id }) => ids.includes(id));
    let items: Message[] = [];
    if (!find([messageId])) {
      // It may be a former answer, whose place is where the present one stands.
      const path = `/api/messages/${messageId}/versions`;
      items = await client.call<{ items: Message[] }>(path).then(
        (reply) => reply.items,
        () => [],
      );
    }
    const ids = [messageId, ...items.map(({ id }) => id)];
    while (!find(ids) && cell.get().earlierCursor !== null) await loadEarlier(sessionId, LONG_PAGE);
    const found = find(ids);
    if (found === undefined) return null;
    const shown = items.findIndex(({ id }) => id === messageId);
    if (found.id !== messageId) {
      cell.set(withVersion(cell.get(), found.id, { items, shown }));
    }
    return found.id;
  }

  network.watch(() => {
    if (!network.online()) return;
    for (const [sessionId, cell] of cells) {
      if (cell.get().phase === 'failed') void open(sessionId);
    }
  });

  return {
    ...actions,
    state: cellOf,
    ...{ open, reveal, regenerate },
    start: (sessionId) => cellOf(sessionId).set(EMPTY),
    loadEarlier: (sessionId) => loadEarlier(sessionId),
    ask: questions.ask,
    sendWaiting: () => unsent.waiting().forEach((sessionId) => void open(sessionId)),
    async retry(sessionId, answerId) {
      if (isLocal(answerId)) await questions.askAgain(sessionId, answerId);
      else if (runs.isLost(sessionId, answerId)) await runs.follow(sessionId, answerId);
      else await regenerate(sessionId, answerId);
    },
    async stop(sessionId) {
      if (questions.takeBack(sessionId)) return true;
      const live = await namedAnswer(cellOf(sessionId));
      if (live === null) return true;
      const path = `/api/sessions/${sessionId}/messages/${live.messageId}/stop`;
      try {
        await client.call(path, { method: 'POST', idempotencyKey: randomKey() });
        return true;
      } catch (error) {
        return !(error instanceof ApiError && error.status === 404);
      }
    },
    clear() {
      runs.leaveAll();
      cells.clear();
    },
  };
}
