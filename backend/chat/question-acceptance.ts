import { randomUUID } from 'node:crypto';
import { isSmallTalk } from '../../ai/questions/small-talk.ts';
import { AppError } from '../errors.ts';
import type { IdempotencyScope, IdempotencyStore } from '../http/idempotency.ts';
import type { Transact } from '../platform/database/transact.ts';
import {
  type Acceptance,
  type AcceptanceRules,
  type AcceptanceStores,
  type AcceptedIds,
  noSession,
  onceInTransaction,
  openAnswer,
  takePlace,
  type Wish,
} from './answer-acceptance.ts';
import type { ContentCheck } from './content-check.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import { type Recollection, readRecollection } from './recollection.ts';
import { titleFromQuestion } from './session.ts';
import type { SessionStore } from './session-store.ts';

export interface Ask extends Wish {
  content: string;
}

/** What is looked at before the transaction, so that it need not wait for anybody outside. */
export interface AcceptanceSurroundings {
  sessions: Pick<SessionStore, 'ofUser'>;
  idempotency: Pick<IdempotencyStore, 'kept'>;
  memory: Pick<ConversationMemory, 'recall'>;
  mayBeShown: ContentCheck;
}

export function createQuestionAcceptance(
  transact: Transact<AcceptanceStores>,
  around: AcceptanceSurroundings,
  rules: AcceptanceRules,
): (ask: Ask) => Promise<Acceptance> {
  const accept = async (ask: Ask): Promise<Acceptance> => {
    const scope = scopeOf(ask);
    const session = await around.sessions.ofUser(ask.sessionId, ask.userId);
    if (!session) throw noSession();
    const kept = scope && (await around.idempotency.kept(scope));
    if (kept) return { repeated: true, ...(kept.reply as AcceptedIds) };
    if (!(await around.mayBeShown(ask.content, { userId: ask.userId, kind: 'question' }))) {
      throw new AppError(422, 'content_rejected', '这个问题没有通过内容审核，请换个说法。');
    }
    const remembered = await around.memory.recall(session);
    return transact((stores) =>
      onceInTransaction(stores.idempotency, scope, () =>
        insertTurn(stores, rules, ask, remembered),
      ),
    );
  };
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
  remembered: Recollection,
) {
  const { session, first: position } = await takePlace(stores, ask, 2);
  await stores.quota.claim(ask.userId);
  const isCurrent = remembered.revision === session.historyRevision && remembered.upTo === position;
  const past = isCurrent ? remembered : await readRecollection(stores, session, position);
  const { content } = ask;
  const question = { id: randomUUID(), sessionId: session.id, position, content };
  const accepted = await openAnswer(stores, rules, {
    ...{ wish: ask, session, past, content },
    question: () => stores.messages.insertQuestion(question),
  });
  // A greeting says nothing of what a conversation is about.
  if (session.titleOrigin === 'none' && !isSmallTalk(content)) {
    await stores.sessions.nameUnlessNamed(session.id, titleFromQuestion(content), 'question');
  }
  return accepted;
}

function scopeOf(ask: Ask): IdempotencyScope | undefined {
  const { userId, sessionId, content, model, thinking, idempotencyKey: key } = ask;
  const route = 'post /api/sessions/{id}/messages';
  return key === undefined
    ? undefined
    : { userId, route, key, body: { sessionId, content, model, thinking } };
}
