import type { OnHouseUsage } from '../../ai/brief-request.ts';
import { foldIntoSummary } from '../../ai/memory/running-summary.ts';
import type { AnswerModel } from '../../ai/providers/answer-model.ts';
import { ModelError } from '../../ai/providers/model-error.ts';
import { isSmallTalk } from '../../ai/questions/small-talk.ts';
import { titleOf } from '../../ai/titles.ts';
import type { CountTokens } from '../../ai/tokens/count-tokens.ts';
import type { MessageStore } from './message-store.ts';
import { beginningOf, readSaid, toTurns } from './recollection.ts';
import type { SessionStore } from './session-store.ts';
import type { SummaryStore } from './summary-store.ts';

/** Keeps conversations in order in the background; may be asked for the same again. */
export interface SessionKeeper {
  /** Names a conversation by what it is about, unless its learner has. */
  title(sessionId: string, signal: AbortSignal): Promise<void>;
  /** Folds what was said longest ago into its summary, where it is time. */
  summarise(sessionId: string, signal: AbortSignal): Promise<void>;
}

/** The model refused; it will be asked again at the end of the next answer, not before. */
export class NotKept extends Error {
  override name = 'NotKept';
}

/** Greetings at the beginning are passed over. */
const LOOKED_AT = 20;

async function unlessRefused<Result>(asking: Promise<Result>): Promise<Result> {
  try {
    return await asking;
  } catch (error) {
    if (error instanceof ModelError) throw new NotKept(error.message, { cause: error });
    throw error;
  }
}

export function createSessionKeeper(parts: {
  stores: {
    sessions: Pick<SessionStore, 'byId' | 'nameUnlessNamed'>;
    messages: Pick<MessageStore, 'before' | 'page'>;
    summaries: Pick<SummaryStore, 'read' | 'write'>;
  };
  model: AnswerModel;
  countTokens: CountTokens;
  onUsage: OnHouseUsage;
  cohortOf: (userId: string) => string | undefined;
}): SessionKeeper {
  const { sessions, messages, summaries } = parts.stores;
  return {
    async title(sessionId, signal) {
      const session = await sessions.byId(sessionId);
      if (!parts.model.online || session?.titleOrigin !== 'question') return;
      const start = { limit: LOOKED_AT, order: 'asc', beyond: undefined } as const;
      const said = await messages.page(sessionId, start);
      const question = said.find(({ role, content }) => role === 'user' && !isSmallTalk(content));
      const answer = said.find(({ questionId }) => question && questionId === question.id);
      if (!question || answer?.status !== 'complete') return;
      const begun = { question: question.content, answer: answer.content };
      const cohort = parts.cohortOf(session.userId);
      const title = await unlessRefused(titleOf(parts, { ...begun, cohort }, signal));
      if (title !== undefined) await sessions.nameUnlessNamed(sessionId, title, 'model');
    },

    async summarise(sessionId, signal) {
      const session = await sessions.byId(sessionId);
      if (!parts.model.online || !session) return;
      const summary = await summaries.read(sessionId);
      const from = beginningOf(session.messageCount, summary?.upToPosition ?? 0);
      const said = await readSaid(messages, sessionId, from, session.messageCount);
      const told = said.messages.filter(({ content }) => content !== '');
      const past = { summary: summary?.content ?? null, turns: told.flatMap(toTurns) };
      const cohort = parts.cohortOf(session.userId);
      const folded = await unlessRefused(foldIntoSummary(parts, { ...past, cohort }, signal));
      if (!folded) return;
      const upToPosition = told[folded.turns]?.position ?? said.upTo;
      const { historyRevision } = session;
      await summaries.write(sessionId, { content: folded.summary, upToPosition }, historyRevision);
    },
  };
}
