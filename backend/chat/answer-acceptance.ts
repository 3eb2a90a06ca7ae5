import { randomUUID } from 'node:crypto';
import { PROMPT_VERSION } from '../../ai/prompts/tutor-prompt.ts';
import { AppError } from '../errors.ts';
import type { IdempotencyScope, IdempotencyStore } from '../http/idempotency.ts';
import type { AcceptedQuestion } from './answer-generation.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Recollection } from './recollection.ts';
import type { Session } from './session.ts';
import type { SessionStore } from './session-store.ts';
import type { SummaryStore } from './summary-store.ts';

/** An answer that was accepted now, or had been before under the same key. */
export type Acceptance =
  | { repeated: false; accepted: AcceptedQuestion }
  | ({ repeated: true } & AcceptedIds);

export interface AcceptedIds {
  userMessageId: string;
  messageId: string;
}

/** Who asks for an answer, and which. */
export interface Wish {
  userId: string;
  sessionId: string;
  model?: string | undefined;
  thinking?: boolean | undefined;
  idempotencyKey?: string | undefined;
}

/** What accepting an answer changes, all in one transaction. */
export interface AcceptanceStores {
  sessions: SessionStore;
  messages: MessageStore;
  summaries: Pick<SummaryStore, 'read' | 'deleteFrom'>;
  idempotency: IdempotencyStore;
  charges: {
    /** Sets the worst case aside and says how much may be read and written; throws 402. */
    reserve(question: {
      userId: string;
      messageId: string;
      model: string;
      promptTokens: number;
      sparePromptTokens: number;
      maxOutputTokens: number;
      minOutputTokens: number;
    }): Promise<{ promptTokens: number; outputTokens: number }>;
  };
  quota: {
    /** Throws 429 when there is no place for one more question; of two at once the second counts the first. */
    claim(userId: string): Promise<void>;
  };
}

export interface AcceptanceRules {
  owner: string;
  leaseUntil: () => Date;
  /** Which model answers when the question names none. */
  usualModel: string;
  /** Refuses whom the quota has refused before, without a transaction. */
  quotaGate: { pass<Result>(userId: string, work: () => Promise<Result>): Promise<Result> };
  maxOutputTokens: number;
  /** Upper bound of what the prompt for this question can come to, with as many passages as may be. */
  promptTokens: (question: string, past: Past) => number;
  /** Of it for passages: usually, and when the balance is short. */
  passageTokens: { most: number; least: number };
  cohortOf: (userId: string) => string | undefined;
}

export type Past = Pick<Recollection, 'turns' | 'summary'>;

/** An answer shorter than this helps nobody: better to say that the balance is short. */
export const MIN_OUTPUT_TOKENS = 256;

/** The session, its row locked, and the first of so many new positions in it; nothing runs in it. */
export async function takePlace(
  { sessions, messages }: Pick<AcceptanceStores, 'sessions' | 'messages'>,
  { userId, sessionId }: Pick<Wish, 'userId' | 'sessionId'>,
  count: number,
): Promise<{ session: Session; first: number }> {
  const place = await sessions.takePositions(sessionId, count);
  if (place?.session.userId !== userId) throw noSession();
  if (await messages.running(sessionId)) {
    throw new AppError(409, 'generation_in_progress', '上一个回答还没有写完，请等它结束或先停止。');
  }
  return place;
}

/** Sets aside what the answer may cost and opens it, empty and owned by this process. */
export async function openAnswer(
  stores: AcceptanceStores,
  rules: AcceptanceRules,
  given: {
    wish: Wish;
    session: Session;
    past: Past;
    question: () => Promise<Message>;
    content: string;
  },
): Promise<AcceptedQuestion> {
  const { wish, session, past } = given;
  const { userId } = wish;
  const id = randomUUID();
  const model = wish.model ?? rules.usualModel;
  const { most, least } = rules.passageTokens;
  const promptTokens = rules.promptTokens(given.content, past);
  const granted = await stores.charges.reserve({
    ...{ userId, messageId: id, model, promptTokens, sparePromptTokens: most - least },
    ...{ maxOutputTokens: rules.maxOutputTokens, minOutputTokens: MIN_OUTPUT_TOKENS },
  });
  const userMessage = await given.question();
  const answer = await stores.messages.insertAnswer({
    ...{ id, sessionId: session.id, position: userMessage.position + 1 },
    ...{ questionId: userMessage.id, model, promptVersion: PROMPT_VERSION },
    ...{ owner: rules.owner, leaseUntil: rules.leaseUntil() },
  });
  return {
    ...{ userId, userMessage, answer, history: past.turns, summary: past.summary },
    options: {
      mode: session.mode,
      model: wish.model,
      thinking: wish.thinking ?? false,
      maxOutputTokens: granted.outputTokens,
      // What was not set aside for the prompt is taken from the passages, so that it cannot cost more.
      passageTokens: most - (promptTokens - granted.promptTokens),
      cohort: rules.cohortOf(userId),
    },
  };
}

/**
 * The work of a key is done once: the transaction makes a second request with the same key wait until
 * the first is committed.
 */
export async function onceInTransaction(
  idempotency: IdempotencyStore,
  scope: IdempotencyScope | undefined,
  work: () => Promise<AcceptedQuestion>,
): Promise<Acceptance> {
  if (!scope) return { repeated: false, accepted: await work() };
  const claim = await idempotency.claim(scope);
  if (claim === 'busy') throw new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
  if (claim !== 'claimed') return { repeated: true, ...(claim.reply as AcceptedIds) };
  const accepted = await work();
  const ids: AcceptedIds = {
    userMessageId: accepted.userMessage.id,
    messageId: accepted.answer.id,
  };
  await idempotency.keep(scope, ids);
  return { repeated: false, accepted };
}

export function noSession(): AppError {
  return new AppError(404, 'not_found', '没有这个对话。');
}
