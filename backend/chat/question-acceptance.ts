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
  balances: {
    read(userId: string): Promise<{ balance: number; held: number }>;
    reserve(userId: string, messageId: string, amount: number): Promise<boolean>;
  };
  quota: {
    read(userId: string): Promise<{
      limits: { dailyRequests: number; monthlyTokens: number };
      requestsToday: number;
      tokensThisMonth: number;
    }>;
  };
}

export interface AcceptanceRules {
  owner: string;
  leaseUntil: () => Date;
  /** False for the offline tutor: nothing is reserved then. */
  charges: boolean;
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
  return (ask) =>
    transact(async (stores) => {
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
      await enforceQuota(stores, ask.userId);
      const accepted = await insertTurn(stores, rules, ask, session, first);
      await keepKey(stores.idempotency, ask, accepted);
      return { repeated: false, accepted };
    });
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
  const promptTokens = rules.promptTokens(ask.content, history);
  const maxOutputTokens = await reserve(stores, rules, ask.userId, answerId, promptTokens);
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

/** Sets the worst case aside; a small balance shortens the answer before it refuses the question. */
async function reserve(
  stores: AcceptanceStores,
  rules: AcceptanceRules,
  userId: string,
  answerId: string,
  promptTokens: number,
): Promise<number> {
  if (!rules.charges) {
    await stores.balances.reserve(userId, answerId, 0);
    return rules.maxOutputTokens;
  }
  const { balance, held } = await stores.balances.read(userId);
  const available = balance - held;
  const outputTokens = Math.min(rules.maxOutputTokens, available - promptTokens);
  const worstCase = promptTokens + outputTokens;
  if (outputTokens >= MIN_OUTPUT_TOKENS) {
    if (await stores.balances.reserve(userId, answerId, worstCase)) return outputTokens;
  }
  throw new AppError(
    402,
    'insufficient_balance',
    `余额不足：这个问题至少需要 ${promptTokens + MIN_OUTPUT_TOKENS} 个词元，现在可用 ${available} 个。`,
  );
}

async function enforceQuota(stores: AcceptanceStores, userId: string): Promise<void> {
  const { limits, requestsToday, tokensThisMonth } = await stores.quota.read(userId);
  if (requestsToday >= limits.dailyRequests) {
    throw new AppError(
      429,
      'quota_exceeded',
      `今天的 ${limits.dailyRequests} 次提问已用完，明天再来吧。`,
      {
        retryAfterSeconds: 3600,
      },
    );
  }
  if (tokensThisMonth >= limits.monthlyTokens) {
    throw new AppError(429, 'quota_exceeded', '这个月的用量已到上限。', {
      retryAfterSeconds: 86_400,
    });
  }
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
