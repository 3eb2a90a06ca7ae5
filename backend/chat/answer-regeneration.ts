import type { IdempotencyScope } from '../http/idempotency.ts';
import type { Transact } from '../platform/database/transact.ts';
import {
  type Acceptance,
  type AcceptanceRules,
  type AcceptanceStores,
  onceInTransaction,
  openAnswer,
  takePlace,
  type Wish,
} from './answer-acceptance.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import { questionIn } from './question-of.ts';
import { readRecollection } from './recollection.ts';

export interface Regenerate extends Wish {
  /** The question, or any of its answers. */
  messageId: string;
}

/**
 * Has a question answered once more, from what was said before it. The new answer takes the place of
 * the old one, which stays as a version: what came after it in the conversation is left as it is.
 */
export function createAnswerRegeneration(
  transact: Transact<AcceptanceStores>,
  memory: Pick<ConversationMemory, 'forget'>,
  rules: AcceptanceRules,
): (wish: Regenerate) => Promise<Acceptance> {
  const accept = async (wish: Regenerate): Promise<Acceptance> => {
    const acceptance = await transact((stores) =>
      onceInTransaction(stores.idempotency, scopeOf(wish), () =>
        insertVersion(stores, rules, wish),
      ),
    );
    if (!acceptance.repeated) await memory.forget(wish.sessionId);
    return acceptance;
  };
  return (wish) =>
    wish.idempotencyKey === undefined
      ? rules.quotaGate.pass(wish.userId, () => accept(wish))
      : accept(wish);
}

async function insertVersion(stores: AcceptanceStores, rules: AcceptanceRules, wish: Regenerate) {
  const { session } = await takePlace(stores, wish, 0);
  const question = await questionIn(stores.messages, wish);
  await stores.quota.claim(wish.userId);
  const past = await readRecollection(stores, session, question.position);
  const accepted = await openAnswer(stores, rules, {
    ...{ wish, session, past, content: question.content },
    question: async () => question,
  });
  await stores.sessions.reviseHistory(session.id);
  await stores.summaries.deleteFrom(session.id, question.position);
  return accepted;
}

function scopeOf(wish: Regenerate): IdempotencyScope | undefined {
  const { userId, sessionId, messageId, model, thinking, idempotencyKey: key } = wish;
  const route = 'post /api/sessions/{id}/messages/{mid}/regenerate';
  return key === undefined
    ? undefined
    : { userId, route, key, body: { sessionId, messageId, model, thinking } };
}
