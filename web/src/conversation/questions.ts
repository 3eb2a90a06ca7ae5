import type { Network } from '../api/network.ts';
import { randomKey } from '../api/random-key.ts';
import type { Observable } from '../state/observable.ts';
import type { AnswerRuns } from './answer-runs.ts';
import { withoutPair } from './conversation-changes.ts';
import {
  type ConversationState,
  type Failure,
  isLocal,
  withFailure,
  withQuestion,
} from './conversation-state.ts';
import type { Unsent, UnsentQuestion } from './unsent.ts';

/** Questions on their way to the server, kept until it has them. */
export interface Questions {
  ask(sessionId: string, content: string): Promise<void>;
  /** The same again, under the same key where the server may have heard it. */
  askAgain(sessionId: string, answerId: string): Promise<void>;
  /** Goes on with what a former visit of the page could not send. */
  takeUp(sessionId: string): Promise<void>;
  /** What is being answered has reached the server, though its reply may not have reached us. */
  recognise(sessionId: string): void;
  /** Gives up a question that does not get through; its words go back into the box. */
  takeBack(sessionId: string): boolean;
}

interface QuestionParts {
  network: Network;
  unsent: Unsent;
  runs: AnswerRuns;
  cells: ReadonlyMap<string, Observable<ConversationState>>;
  cellOf(sessionId: string): Observable<ConversationState>;
}

/** The server forgets keys; what is older than this might be answered twice. */
const KEY_MS = 12 * 3_600_000;

export function createQuestions(parts: QuestionParts): Questions {
  const { network, unsent, runs, cells, cellOf } = parts;

  async function send(sessionId: string, question: UnsentQuestion): Promise<void> {
    const cell = cellOf(sessionId);
    const { content, key } = question;
    unsent.keepQuestion(sessionId, question);
    cell.set(withQuestion(cell.get(), { sessionId, ...question }));
    const unwatch = cell.subscribe(() => {
      const { live } = cell.get();
      if (live !== null && !isLocal(live.messageId)) unsent.dropQuestion(sessionId, key);
    });
    const path = `/api/sessions/${sessionId}/messages`;
    const failure = await runs.begin(sessionId, { path, body: { content }, idempotencyKey: key });
    unwatch();
    settle(sessionId, question, failure);
  }

  function settle(sessionId: string, question: UnsentQuestion, failure: Failure | null): void {
    const { key } = question;
    if (unsent.question(sessionId)?.key !== key || failure?.key === key) return;
    const worthKeeping = failure !== null && failure.slug !== 'content_rejected';
    if (worthKeeping) unsent.keepQuestion(sessionId, { ...question, failure });
    else unsent.dropQuestion(sessionId, key);
  }

  async function put(sessionId: string, content: string, key: string): Promise<void> {
    if (cellOf(sessionId).get().live !== null) return;
    await send(sessionId, { content, key, createdAt: new Date().toISOString(), failure: null });
  }

  async function askAgain(sessionId: string, answerId: string): Promise<void> {
    const cell = cellOf(sessionId);
    const { live, messages, failures } = cell.get();
    const question = messages[messages.findIndex(({ id }) => id === answerId) - 1];
    if (question === undefined || live !== null) return;
    cell.set(withoutPair(cell.get(), answerId));
    await put(sessionId, question.content, failures[answerId]?.key ?? randomKey());
  }

  async function takeUp(sessionId: string): Promise<void> {
    const cell = cellOf(sessionId);
    const question = unsent.question(sessionId);
    if (question === null || cell.get().live !== null) return;
    const { content, key, createdAt, failure } = question;
    if (failure !== null) {
      const asked = withQuestion(cell.get(), { sessionId, content, key, createdAt });
      cell.set(withFailure(asked, failure));
    } else if (Date.now() - Date.parse(createdAt) < KEY_MS) {
      await send(sessionId, question);
    } else {
      unsent.dropQuestion(sessionId, key);
      cell.set({ ...cell.get(), draft: { text: content } });
    }
  }

  function recognise(sessionId: string): void {
    const { messages } = cellOf(sessionId).get();
    const asked = messages.find((_, at) => messages[at + 1]?.status === 'streaming');
    const question = unsent.question(sessionId);
    if (question === null || question.content !== asked?.content) return;
    unsent.dropQuestion(sessionId, question.key);
  }

  network.watch(() => {
    if (!network.online()) return;
    for (const [sessionId, cell] of cells) {
      const failures = Object.entries(cell.get().failures);
      const lost = failures.find(([id, { key }]) => isLocal(id) && key !== null);
      if (lost !== undefined) void askAgain(sessionId, lost[0]);
    }
  });

  return {
    ...{ askAgain, takeUp, recognise },
    ask: (sessionId, content) => put(sessionId, content, randomKey()),
    takeBack(sessionId) {
      const cell = cellOf(sessionId);
      const { live, messages } = cell.get();
      const question = messages.find((_, at) => messages[at + 1]?.id === live?.messageId);
      if (!live?.reconnecting || question === undefined || !isLocal(question.id)) return false;
      runs.leave(sessionId);
      const kept = unsent.question(sessionId);
      if (kept !== null) unsent.dropQuestion(sessionId, kept.key);
      const left = withoutPair(cell.get(), live.messageId);
      cell.set({ ...left, live: null, draft: { text: question.content } });
      return true;
    },
  };
}
