import { setTimeout as sleep } from 'node:timers/promises';
import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { Transact } from '../platform/database/transact.ts';
import type { EventLog } from '../realtime/event-log.ts';
import { type EventStore, isLastEvent } from '../realtime/event-store.ts';
import type { AbandonedAnswers } from './abandoned-answers.ts';
import type { Acceptance, AcceptanceStores, AcceptedIds } from './answer-acceptance.ts';
import { failureError } from './answer-failure.ts';
import { type FinishingStores, releaseOrphaned } from './answer-finishing.ts';
import { createAnswerFollowing, type Events, endingOf, storedEvents } from './answer-following.ts';
import type { AcceptedQuestion, AnswerGeneration } from './answer-generation.ts';
import type { Regenerate } from './answer-regeneration.ts';
import type { ConversationMemory } from './conversation-memory.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Ask } from './question-acceptance.ts';
import { questionOf } from './question-of.ts';
import { createQuestionRecall, type Recall } from './question-recall.ts';
import type { RunningAnswers } from './running-answers.ts';

export interface AnswerService {
  /** Accepts a question durably, then lets its answer be written in the background. */
  ask(ask: Ask): Promise<AcceptedIds>;
  /** The same for a question that was answered before; its answers so far stay as versions. */
  regenerate(wish: Regenerate): Promise<AcceptedIds>;
  /** The events of an answer after `after`; of one long over, its end as it is stored. */
  follow(userId: string, messageId: string, after: number, signal: AbortSignal): Promise<Events>;
  /** Waits until the answer is whole. Throws what it failed with when it failed. */
  whole(userId: string, asked: AcceptedIds, signal: AbortSignal): Promise<WholeAnswer>;
  /** Without a session it is that of the answer. */
  stop(userId: string, sessionId: string | undefined, messageId: string): Promise<Message>;
  /** Stops whatever is being written for somebody, and does not wait for its end. */
  stopAllFor(userId: string): Promise<void>;
  /** All answers to the question that a message is or answers, oldest first. */
  versions(userId: string, messageId: string): Promise<Message[]>;
  /** Withdraws a question of the last two minutes and its answers; the ids of what is gone. */
  recall(recall: Recall): Promise<string[]>;
  /** Fails answers whose owner died; returns how many. */
  sweep(): Promise<number>;
  /**
   * Lets answers finish, of questions too that are being accepted or may still come; at the deadline
   * cuts them short and stores that. Nothing is accepted afterwards.
   */
  drain(deadlineMs: number, mayStillCome: () => boolean): Promise<void>;
}

export interface WholeAnswer {
  userMessage: Message;
  message: Message;
  balance: number;
}

export interface AnswerServiceParts {
  accept: (ask: Ask) => Promise<Acceptance>;
  acceptAgain: (wish: Regenerate) => Promise<Acceptance>;
  generation: AnswerGeneration;
  running: RunningAnswers;
  abandoned: AbandonedAnswers;
  messages: MessageStore;
  transact: Transact<FinishingStores & AcceptanceStores>;
  memory: Pick<ConversationMemory, 'forget'>;
  balanceOf: (userId: string) => Promise<{ balance: number }>;
  events: EventLog;
  eventStore: EventStore;
  bus: MessageBus;
  instanceId: string;
  logger: Logger;
}

const STOP_CHANNEL = 'answer-stop';
const STOP_WAIT_MS = 10_000;
const CHECK_MS = 20;
/** With the lease that an owner leaves behind well under a minute, whatever the workers are busy with. */
const LOOK_FOR_ABANDONED_MS = 10_000;

export async function createAnswerService(parts: AnswerServiceParts): Promise<AnswerService> {
  const { running, bus, abandoned, logger } = parts;
  await bus.subscribe(STOP_CHANNEL, (message) => running.stop(String(message), 'stopped'));
  const listening = createListening(parts);
  const writing = createWriting(parts);
  const recall = createQuestionRecall({
    ...parts,
    stop: (userId, answerId) => listening.stop(userId, undefined, answerId),
  });

  const looking = setInterval(() => {
    abandoned.end().catch((error: unknown) => {
      logger.warn({ err: error }, 'could not look for abandoned answers');
    });
  }, LOOK_FOR_ABANDONED_MS);
  looking.unref();
  // A process that comes back under the same name finds the answers of its former life.
  await abandoned.end(parts.instanceId);

  return {
    ask: (ask) => writing.begin(() => parts.accept(ask)),
    regenerate: (wish) => writing.begin(() => parts.acceptAgain(wish)),
    ...listening,
    recall,
    async versions(userId, messageId) {
      const { message, question } = await questionOf(parts.messages, userId, messageId);
      return question ? parts.messages.versionsOf(question.id) : [message];
    },
    async sweep() {
      await releaseOrphaned(parts.transact);
      return abandoned.end();
    },
    async drain(deadlineMs, mayStillCome) {
      clearInterval(looking);
      await writing.drain(deadlineMs, mayStillCome);
    },
  };
}

/** Answers are written in the background; whoever asked only follows. */
function createWriting({ generation, running, logger }: AnswerServiceParts) {
  const inProgress = new Set<string>();
  let accepting = 0;
  let refusing = false;

  async function write(accepted: AcceptedQuestion): Promise<void> {
    const { id: messageId } = accepted.answer;
    inProgress.add(messageId);
    await generation.run(accepted).catch((error: unknown) => {
      logger.error({ err: error, messageId }, 'answer not stored');
    });
    inProgress.delete(messageId);
  }

  return {
    async begin(accept: () => Promise<Acceptance>): Promise<AcceptedIds> {
      if (refusing)
        throw new AppError(503, 'unavailable', '服务正在重启，请稍后再试。', {
          retryAfterSeconds: 5,
        });
      accepting += 1;
      try {
        const acceptance = await accept();
        if (acceptance.repeated) {
          const { userMessageId, messageId } = acceptance;
          return { userMessageId, messageId };
        }
        const { userMessage, answer } = acceptance.accepted;
        void write(acceptance.accepted);
        return { userMessageId: userMessage.id, messageId: answer.id };
      } finally {
        accepting -= 1;
      }
    },

    async drain(deadlineMs: number, mayStillCome: () => boolean): Promise<void> {
      const deadline = performance.now() + deadlineMs;
      while (accepting > 0 || inProgress.size > 0 || (!refusing && mayStillCome())) {
        if (performance.now() >= deadline) {
          refusing = true;
          // Again and again: one that was being accepted begins to be written only now.
          running.stopAll('shutdown');
        }
        await sleep(CHECK_MS);
      }
      refusing = true;
      running.close();
    },
  };
}

function createListening(parts: AnswerServiceParts) {
  const { messages, events, eventStore, running, bus, balanceOf } = parts;
  const following = createAnswerFollowing({
    events,
    message: (id) => messages.byId(id),
    balanceOf,
  });

  async function owned(userId: string, messageId: string): Promise<Message> {
    const message = await messages.ofUser(messageId, userId);
    if (message?.role !== 'assistant') throw noAnswer();
    return message;
  }

  async function untilOver(userId: string, messageId: string, signal: AbortSignal): Promise<void> {
    for await (const _event of following.follow(userId, messageId, 0, signal));
  }

  /** What is written here stops even when nobody else can be told. */
  async function tellToStop(messageId: string): Promise<void> {
    if (running.has(messageId)) running.stop(messageId, 'stopped');
    else await bus.publish(STOP_CHANNEL, messageId);
  }

  return {
    async follow(userId, messageId, after, signal) {
      const message = await owned(userId, messageId);
      // The log remembers for an hour what nobody is to read.
      if (message.failure === 'content_rejected') return onlyTheEnd(message, after);
      // The last event heard tells as much as the next one: who has heard the end gets nothing more.
      const known = await eventStore.read(messageId, Math.max(0, after - 1), 2).catch(() => []);
      const goesOn = known.some((event) => event.id > after || isLastEvent(event));
      if (goesOn || message.status === 'streaming') {
        return following.follow(userId, messageId, after, signal);
      }
      const { balance } = await balanceOf(userId);
      return storedEvents(message, after, balance);
    },

    async whole(userId, { userMessageId, messageId }, signal) {
      await untilOver(userId, messageId, signal);
      const userMessage = await messages.byId(userMessageId);
      const message = await messages.byId(messageId);
      if (!userMessage || !message) throw new AppError(404, 'not_found', '这个对话已被删除。');
      if (message.status === 'failed') throw failureError(message);
      const { balance } = await balanceOf(userId);
      return { userMessage, message, balance };
    },

    async stop(userId, sessionId, messageId) {
      const message = await owned(userId, messageId);
      if (sessionId !== undefined && message.sessionId !== sessionId) throw noAnswer();
      if (message.status !== 'streaming') return message;
      await tellToStop(messageId);
      await untilOver(userId, messageId, AbortSignal.timeout(STOP_WAIT_MS));
      return owned(userId, messageId);
    },

    async stopAllFor(userId) {
      for (const id of await messages.runningFor(userId)) await tellToStop(id);
    },
  } satisfies Pick<AnswerService, 'follow' | 'whole' | 'stop' | 'stopAllFor'>;
}

async function* onlyTheEnd(message: Message, after: number): Events {
  yield { id: after + 1, ...endingOf(message, 0) };
}

function noAnswer(): AppError {
  return new AppError(404, 'not_found', '没有这条回答。');
}
