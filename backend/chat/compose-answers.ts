import type { CheckedQuote } from '../../ai/quotes.ts';
import type { CountTokens } from '../../ai/tokens/count-tokens.ts';
import type { TutorChain } from '../../ai/tutor-chain.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { Metrics } from '../platform/metrics/metrics.ts';
import type { Tracing } from '../platform/tracing/tracing.ts';
import { createEventLog } from '../realtime/event-log.ts';
import type { EventStore } from '../realtime/event-store.ts';
import { type AbandonedAnswers, createAbandonedAnswers } from './abandoned-answers.ts';
import type { Acceptance, AcceptanceRules, AcceptanceStores } from './answer-acceptance.ts';
import { createAnswerFinishing, type FinishingStores } from './answer-finishing.ts';
import { createAnswerGeneration } from './answer-generation.ts';
import { createAnswerRegeneration } from './answer-regeneration.ts';
import { type AnswerService, createAnswerService } from './answer-service.ts';
import { createAnswerWatch } from './answer-watch.ts';
import { type ContentModeration, createContentCheck } from './content-check.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import type { Usage } from './message.ts';
import type { MessageStore } from './message-store.ts';
import { createQuestionAcceptance } from './question-acceptance.ts';
import { createRunningAnswers } from './running-answers.ts';

type Stores = FinishingStores & AcceptanceStores & { messages: MessageStore };

export interface AnswerParts {
  stores: Stores;
  transact: Transact<Stores>;
  /** Told, after the commit, of each answer that somebody has asked for or that has ended. */
  wrote: (userId: string) => Promise<void>;
  chain: TutorChain;
  /** Whether the model is asked by name; the offline tutor answers to any, at its own price. */
  asksByName: boolean;
  usualModel: string;
  countTokens: CountTokens;
  maxOutputTokens: number;
  promptTokens: AcceptanceRules['promptTokens'];
  cohortOf: AcceptanceRules['cohortOf'];
  passageTokens: AcceptanceRules['passageTokens'];
  quotaGate: AcceptanceRules['quotaGate'];
  /** Tells those who are refused for want of tokens. */
  shortages: { watch<Result>(userId: string, work: () => Promise<Result>): Promise<Result> };
  checkQuotes: (answer: string) => CheckedQuote[];
  moderation: ContentModeration | undefined;
  memory: ConversationMemory;
  eventStore: EventStore;
  bus: MessageBus;
  instanceId: string;
  observation: { metrics: Metrics; tracing: Tracing };
  /** Told of every answer that is paid for. */
  charged: (userId: string, usage: Usage) => void;
  logger: Logger;
}

/** The life of an answer, from the question to its end, whoever brings that about. */
export async function createAnswers(parts: AnswerParts): Promise<AnswerService> {
  const { stores, transact, memory, eventStore, bus, charged, instanceId, logger } = parts;
  const { usualModel, countTokens, checkQuotes, shortages, wrote } = parts;
  const { messages } = stores;
  const { metrics, tracing } = parts.observation;
  const events = createEventLog({ store: eventStore, bus, logger });
  const running = createRunningAnswers(messages, logger);
  const mayBeShown = createContentCheck(parts.moderation, logger);
  const finishing = { usualModel, countTokens };
  const { cohortOf, maxOutputTokens, passageTokens, promptTokens, quotaGate } = parts;
  const rules: AcceptanceRules = {
    ...{ owner: instanceId, leaseUntil: running.leaseUntil, usualModel, quotaGate },
    ...{ maxOutputTokens, passageTokens, promptTokens, cohortOf },
  };
  const accept = createQuestionAcceptance(transact, { ...stores, memory, mayBeShown }, rules);
  const acceptAgain = createAnswerRegeneration(transact, memory, rules);
  const finish = createAnswerFinishing(transact, finishing);
  const shared = { events, running, checkQuotes, mayBeShown, memory, logger };
  const named = <Wish>(wish: Wish) => (parts.asksByName ? wish : { ...wish, model: undefined });
  const accepted = async (userId: string, work: () => Promise<Acceptance>) => {
    const acceptance = await shortages.watch(userId, work);
    await wrote(userId);
    return acceptance;
  };
  return createAnswerService({
    ...{ running, transact, messages, events, eventStore, bus, memory, instanceId, logger },
    accept: (ask) => accepted(ask.userId, () => accept(named(ask))),
    acceptAgain: (wish) => accepted(wish.userId, () => acceptAgain(named(wish))),
    generation: createAnswerGeneration({
      ...shared,
      chain: parts.chain,
      watch: createAnswerWatch(metrics, tracing),
      async finish(accepted, outcome, used) {
        const ended = await finish(accepted, outcome, used);
        await wrote(accepted.userId);
        const usage = ended?.message.usage;
        if (usage && outcome.status !== 'failed') charged(accepted.userId, usage);
        return ended;
      },
    }),
    abandoned: counted(
      createAbandonedAnswers({
        ...shared,
        ...{ transact, rules: finishing, messages, eventStore, charged },
      }),
      metrics,
    ),
    balanceOf: (userId) => stores.balances.read(userId),
  });
}

function counted(abandoned: AbandonedAnswers, metrics: Metrics): AbandonedAnswers {
  const ended = metrics.counter({
    name: 'answers_abandoned_total',
    help: 'Answers whose process died and that this one has brought to an end',
    labels: {},
  });
  return {
    async end(formerOwner) {
      const count = await abandoned.end(formerOwner);
      ended.add({}, count);
      return count;
    },
  };
}
