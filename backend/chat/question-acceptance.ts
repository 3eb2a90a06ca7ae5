import { randomUUID } from 'node:crypto';
import { AppError } from '../errors.ts';
import type { IdempotencyStore } from '../http/idempotency.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { AcceptedQuestion } from './answer-generation.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { type Session, titleFromQuestion, UNTITLED } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface Ask {
  userId: string;
  sessionId: string;
  content: string;
  model?: string | undefined;
  thinking?: boolean | undefined;
  idempotencyKey?: string | undefined;
}

/** A question that was accepted now, or had been before under the same key. */
export type Acceptance =
  | { repeated: false; accepted: AcceptedQuestion }
  | { repeated: true; userMessageId: string; messageId: string };

/** What accepting a question changes, all in one transaction. */
export interface AcceptanceStores {
  sessions: SessionStore;
  messages: MessageStore;
  idempotency: IdempotencyStore;
  charges: {
    /** Sets the worst case aside and says how long the answer may be; throws 402. */
    reserve(question: {
      userId: string;
      messageId: string;
      model: string;
      promptTokens: number;
      maxOutputTokens: number;
      minOutputTokens: number;
    }): Promise<number>;
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
  /** Upper bound of what the prompt for this question can come to. */
  promptTokens: (question: string, history: readonly Message[]) => number;
  cohortOf: (userId: string) => string | undefined;
}

const HISTORY_MESSAGES = 40;
/** An answer shorter than this helps nobody: better to say that the balance is short. */
const MIN_OUTPUT_TOKENS = 256;

export function createQuestionAcceptance(
  transact: Transact<AcceptanceStores>,
  rules: AcceptanceRules,
): (ask: Ask) => Promise<Acceptance> {
  const accept = (ask: Ask) =>
    transact<Acceptance>(async (stores) => {
      const session = await stores.sessions.ofUser(ask.sessionId, ask.userId);
      if (!session) throw new AppError(404, 'not_found', '没有这个对话。');
      const repeated = await claimKey(stores.idempotency, ask);
      if (repeated) return { repeated: true, ...repeated };
      const first = await stores.sessions.takePositions(session.id, 2);
      if (await stores.messages.running(session.id)) {
        throw new AppError(
          409,
          'generation_in_progress',
          '上一个回答还没有写完，请等它结束或先停止。',
        );
      }
      await stores.quota.claim(ask.userId);
      const accepted = await insertTurn(stores, rules, ask, session, first);
      await keepKey(stores.idempotency, ask, accepted);
      return { repeated: false, accepted };
    });
  // What was accepted under a key is answered again, whatever has been used up since.
  return (ask) =>
    ask.idempotencyKey === undefined
      ? rules.quotaGate.pass(ask.userId, () => accept(ask))
      : accept(ask);
}

async function insertTurn(
  stores: AcceptanceStores,
  rules: AcceptanceRules,
  ask: Ask,
  session: Session,
  position: number,
): Promise<AcceptedQuestion> {
  const answerId = randomUUID();
  const before = await stores.messages.before(session.id, position, HISTORY_MESSAGES);
  const history = before.filter((message) => message.content !== '');
  const maxOutputTokens = await stores.charges.reserve({
    userId: ask.userId,
    messageId: answerId,
    model: ask.model ?? rules.usualModel,
    promptTokens: rules.promptTokens(ask.content, history),
    maxOutputTokens: rules.maxOutputTokens,
    minOutputTokens: MIN_OUTPUT_TOKENS,
  });
  const turn = { sessionId: session.id };
  const userMessage = await stores.messages.insertQuestion({
    ...turn,
    id: randomUUID(),
    position,
    content: ask.content,
  });
  const answer = await stores.messages.insertAnswer({
    ...turn,
    id: answerId,
    position: position + 1,
    owner: rules.owner,
    leaseUntil: rules.leaseUntil(),
  });
  if (session.title === UNTITLED) {
    await stores.sessions.update(session.id, { title: titleFromQuestion(ask.content) });
  }
  return {
    userId: ask.userId,
    userMessage,
    answer,
    history,
    options: {
      mode: session.mode,
      model: ask.model,
      thinking: ask.thinking ?? false,
      maxOutputTokens,
      cohort: rules.cohortOf(ask.userId),
    },
  };
}

const scopeOf = (ask: Ask, key: string) => ({
  userId: ask.userId,
  route: 'post /api/sessions/{id}/messages',
  key,
  body: {
    sessionId: ask.sessionId,
    content: ask.content,
    model: ask.model,
    thinking: ask.thinking,
  },
});

/** The transaction makes a second request with the same key wait until the first is committed. */
async function claimKey(idempotency: IdempotencyStore, ask: Ask) {
  if (ask.idempotencyKey === undefined) return undefined;
  const claim = await idempotency.claim(scopeOf(ask, ask.idempotencyKey));
  if (claim === 'claimed') return undefined;
  if (claim === 'busy') throw new AppError(409, 'conflict', '同一个请求还在处理，请稍后再试。');
  return claim.reply as { userMessageId: string; messageId: string };
}

async function keepKey(idempotency: IdempotencyStore, ask: Ask, accepted: AcceptedQuestion) {
  if (ask.idempotencyKey === undefined) return;
  const reply = { userMessageId: accepted.userMessage.id, messageId: accepted.answer.id };
  await idempotency.keep(scopeOf(ask, ask.idempotencyKey), reply);
}
