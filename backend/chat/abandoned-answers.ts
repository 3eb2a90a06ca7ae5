import type { CheckedQuote } from '../../ai/quotes.ts';
import { toQuote } from '../citations/citation.ts';
import type { Logger } from '../logger.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { EventLog } from '../realtime/event-log.ts';
import type { EventStore } from '../realtime/event-store.ts';
import { failureData } from './answer-failure.ts';
import {
  countUsage,
  type FinishingRules,
  type FinishingStores,
  settle,
} from './answer-finishing.ts';
import type { ContentCheck } from './content-check.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import { type LoggedAnswer, readLoggedAnswer } from './logged-answer.ts';
import type { AnswerOutcome, Message, Usage } from './message.ts';
import type { AbandonedAnswer, MessageStore } from './message-store.ts';
import type { RunningAnswers } from './running-answers.ts';

export interface AbandonedAnswers {
  /** Ends answers whose owner died; returns how many. With a name also those that it owned. */
  end(formerOwner?: string): Promise<number>;
}

export function createAbandonedAnswers(parts: {
  transact: Transact<FinishingStores>;
  rules: FinishingRules;
  messages: Pick<MessageStore, 'abandoned'>;
  running: Pick<RunningAnswers, 'has'>;
  events: EventLog;
  eventStore: EventStore;
  checkQuotes: (answer: string) => CheckedQuote[];
  mayBeShown: ContentCheck;
  memory: Pick<ConversationMemory, 'remember'>;
  charged: (userId: string, usage: Usage) => void;
  logger: Logger;
}): AbandonedAnswers {
  const { messages, running, checkQuotes, mayBeShown, memory, logger } = parts;

  async function endOne(
    answer: AbandonedAnswer,
    formerOwner: string | undefined,
  ): Promise<boolean> {
    const logged = await readLoggedAnswer(parts.eventStore, answer.id).catch(() => undefined);
    const { content, citations } = fullest(answer, logged);
    const { userId } = answer;
    const shown = content === '' || (await mayBeShown(content, { userId, kind: 'answer' }));
    const outcome = shown
      ? { content, citations, quotes: checkQuotes(content).map(toQuote) }
      : { ...{ content: '', citations: [], quotes: [] }, failure: 'content_rejected' as const };
    const ended = await failAbandoned(parts.transact, parts.rules, {
      answer,
      outcome,
      formerOwner,
    });
    if (!ended) return false;
    if (ended.usage) parts.charged(userId, ended.usage);
    // To a log that has nothing of the answer (any more) the stored message is told instead.
    if (logged && logged.lastId > 0) await announce(ended, logged.lastId);
    await memory.remember(ended.sessionId);
    return true;
  }

  async function announce(message: Message, lastId: number): Promise<void> {
    try {
      await parts.events.openWriter(message.id, lastId).append('error', failureData(message));
    } catch (error) {
      logger.warn({ err: error }, 'end of an abandoned answer not announced');
    }
  }

  return {
    async end(formerOwner) {
      let ended = 0;
      for (const answer of await messages.abandoned(formerOwner)) {
        // Its lease may be over because the database was away; it lives all the same.
        if (running.has(answer.id)) continue;
        const isOver = await endOne(answer, formerOwner).catch((error: unknown) => {
          logger.error({ err: error, messageId: answer.id }, 'abandoned answer not ended');
        });
        if (isOver) ended += 1;
      }
      if (ended > 0) logger.warn({ answers: ended }, 'abandoned answers failed');
      return ended;
    },
  };
}

/** Listeners have heard a little more than was saved when the owner died; that is what stays. */
function fullest(answer: Message, logged: LoggedAnswer | undefined) {
  if (!logged?.content?.startsWith(answer.content)) return answer;
  return { content: logged.content, citations: logged.citations ?? answer.citations };
}

/**
 * Ends one answer whose owner died, once: what was produced stays and is paid for by our own count.
 * The prompt is on the house, for which the answer was worth less than it should have been.
 */
export function failAbandoned(
  transact: Transact<FinishingStores>,
  rules: FinishingRules,
  given: {
    answer: AbandonedAnswer;
    outcome: Omit<AnswerOutcome, 'usage' | 'status'>;
    formerOwner: string | undefined;
  },
): Promise<Message | undefined> {
  const { answer, outcome, formerOwner } = given;
  return transact(async (stores) => {
    const held = await stores.messages.holdAbandoned(answer.id, formerOwner);
    // It has come alive, or to an end, since somebody looked.
    if (held?.content !== answer.content) return undefined;
    const model = answer.model ?? rules.usualModel;
    const written = { model, promptTokens: 0, thinking: '', content: outcome.content };
    const counted = countUsage(rules.countTokens, written);
    const charged = counted.completionTokens > 0 ? counted : undefined;
    const { userId } = answer;
    const receipt = await settle(stores, { userId, answer, charged });
    const usage = receipt ? { ...counted, ...receipt } : null;
    const ended = await stores.messages.finish(answer.id, { ...outcome, status: 'failed', usage });
    if (ended) await stores.upkeep.afterAnswer(ended);
    return ended;
  });
}
