import type { AnswerLine, Progress } from '../api/answer-line.ts';
import type { ApiClient } from '../api/api-client.ts';
import { askForAnswer, followAnswer, type Request } from '../api/ask-stream.ts';
import type { Network } from '../api/network.ts';
import type { Observable } from '../state/observable.ts';
import { asFailure, listenInto } from './answer-listener.ts';
import {
  type ConversationState,
  type Failure,
  withFailure,
  withFollowed,
} from './conversation-state.ts';

export interface RunParts {
  client: ApiClient;
  network: Network;
  cellOf(sessionId: string): Observable<ConversationState>;
  onAnswered(sessionId: string): void;
  /** The server is busy with this very question: true when it has been taken up. */
  adopt(sessionId: string, error: unknown): Promise<boolean>;
}

/** The answers this page listens to, one a session. */
export interface AnswerRuns {
  /** What went wrong, or null. */
  begin(sessionId: string, request: Request): Promise<Failure | null>;
  /** From the first event, or from the last one heard where the line was given up. */
  follow(sessionId: string, messageId: string): Promise<void>;
  /** Whether the line of this answer was given up, and not the answer. */
  isLost(sessionId: string, messageId: string): boolean;
  /** Stops listening; the answer goes on. */
  leave(sessionId: string): void;
  leaveAll(): void;
}

export function createAnswerRuns({ client, network, cellOf, ...parts }: RunParts): AnswerRuns {
  const running = new Map<string, AbortController>();
  const lost = new Map<string, Progress>();

  async function run(
    sessionId: string,
    { progress, key }: { progress: Progress; key: string | null },
    work: (line: AnswerLine) => Promise<void>,
  ): Promise<Failure | null> {
    const cell = cellOf(sessionId);
    const abort = new AbortController();
    const listener = listenInto(cell, abort.signal);
    running.set(sessionId, abort);
    lost.delete(sessionId);
    let failure: Failure | null = null;
    try {
      await work({ client, network, progress, listener, signal: abort.signal });
      listener.flush();
    } catch (error) {
      if (abort.signal.aborted) return null;
      listener.flush();
      if (await parts.adopt(sessionId, error)) return null;
      failure = asFailure(error, key);
      if (failure.slug === 'connection_lost') lost.set(sessionId, progress);
      cell.set(withFailure(cell.get(), failure));
    }
    if (running.get(sessionId) === abort) running.delete(sessionId);
    if (!abort.signal.aborted) parts.onAnswered(sessionId);
    return failure;
  }

  const isLost = (sessionId: string, messageId: string) =>
    lost.get(sessionId)?.messageId === messageId;

  async function follow(sessionId: string, messageId: string): Promise<void> {
    const known = isLost(sessionId, messageId) ? lost.get(sessionId) : undefined;
    const cell = cellOf(sessionId);
    cell.set(withFollowed(cell.get(), messageId));
    await run(sessionId, { progress: known ?? { messageId, last: 0 }, key: null }, followAnswer);
  }

  function leave(sessionId: string): void {
    running.get(sessionId)?.abort();
    running.delete(sessionId);
    lost.delete(sessionId);
  }

  network.watch(() => {
    if (!network.online()) return;
    for (const [sessionId, { messageId }] of lost) {
      if (messageId !== null) void follow(sessionId, messageId);
    }
  });

  return {
    begin: (sessionId, request) =>
      run(
        sessionId,
        { progress: { messageId: null, last: 0 }, key: request.idempotencyKey },
        (line) => askForAnswer(line, request),
      ),
    ...{ follow, isLost, leave },
    leaveAll() {
      for (const sessionId of running.keys()) leave(sessionId);
      lost.clear();
    },
  };
}
