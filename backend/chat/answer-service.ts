import { AppError } from '../errors.ts';
import type { Logger } from '../logger.ts';
import type { MessageBus } from '../platform/bus/message-bus.ts';
import type { Transact } from '../platform/database/transact.ts';
import { type EventLog, isLastEvent } from '../realtime/event-log.ts';
import type { EventStore } from '../realtime/event-store.ts';
import { type FinishingStores, failAbandoned, releaseOrphaned } from './answer-finishing.ts';
import { createAnswerFollowing, type Events, storedEvents } from './answer-following.ts';
import type { AnswerGeneration } from './answer-generation.ts';
import type { Message } from './message.ts';
import type { MessageStore } from './message-store.ts';
import type { Acceptance, Ask } from './question-acceptance.ts';
import type { RunningAnswers } from './running-answers.ts';

export interface AnswerService {
  /** Accepts a question durably, then lets its answer be written in the background. */
  ask(ask: Ask): Promise<{ userMessageId: string; messageId: string }>;
  /** The events of an answer after `after`; of one long over, its end as it is stored. */
  follow(userId: string, messageId: string, after: number, signal: AbortSignal): Promise<Events>;
  /** Waits until the answer is whole. Throws `model_failed` when it failed. */
  whole(
    userId: string,
    asked: { userMessageId: string; messageId: string },
    signal: AbortSignal,
  ): Promise<WholeAnswer>;
  stop(userId: string, sessionId: string, messageId: string): Promise<Message>;
  /** Stops whatever is being written for somebody, and does not wait for its end. */
  stopAllFor(userId: string): Promise<void>;
  /** Fails answers whose owner died; returns how many. */
  sweep(): Promise<number>;
  /** Lets running answers finish until the deadline, then cuts them short and stores that. */
  drain(deadlineMs: number): Promise<void>;
}

export interface WholeAnswer {
  userMessage: Message;
  message: Message;
  balance: number;
}

const STOP_CHANNEL = 'answer-stop';
const STOP_WAIT_MS = 10_000;

export async function createAnswerService(parts: {
  accept: (ask: Ask) => Promise<Acceptance>;
  generation: AnswerGeneration;
  running: RunningAnswers;
  messages: MessageStore;
  transact: Transact<FinishingStores>;
  balanceOf: (userId: string) => Promise<{ balance: number }>;
  events: EventLog;
  eventStore: EventStore;
  bus: MessageBus;
  instanceId: string;
  logger: Logger;
}): Promise<AnswerService> {
  const { accept, generation, running, messages, events, eventStore, bus, logger } = parts;
  const inProgress = new Set<Promise<void>>();
  let draining = false;

  await bus.subscribe(STOP_CHANNEL, (message) => running.stop(String(message), 'stopped'));

  async function owned(userId: string, messageId: string): Promise<Message> {
    const message = await messages.ofUser(messageId, userId);
    if (message?.role !== 'assistant') throw noAnswer();
    return message;
  }

  const following = createAnswerFollowing({
    events,
    message: (id) => messages.byId(id),
    balanceOf: parts.balanceOf,
  });

  async function untilOver(userId: string, messageId: string, signal: AbortSignal): Promise<void> {
    for await (const _event of following.follow(userId, messageId, 0, signal));
  }

  const service: AnswerService = {
    async ask(ask) {
      if (draining)
        throw new AppError(503, 'unavailable', '服务正在重启，请稍后再试。', {
          retryAfterSeconds: 5,
        });
      const acceptance = await accept(ask);
      if (acceptance.repeated) {
        const { userMessageId, messageId } = acceptance;
        return { userMessageId, messageId };
      }
      const { userMessage, answer } = acceptance.accepted;
      const work = generation
        .run(acceptance.accepted)
        .catch((error: unknown) => {
          logger.error({ err: error, messageId: answer.id }, 'answer not stored');
        })
        .finally(() => inProgress.delete(work));
      inProgress.add(work);
      return { userMessageId: userMessage.id, messageId: answer.id };
    },

    async follow(userId, messageId, after, signal) {
      const message = await owned(userId, messageId);
      // The last event heard tells as much as the next one: who has heard the end gets nothing more.
      const known = await eventStore.read(messageId, Math.max(0, after - 1), 2).catch(() => []);
      const goesOn = known.some((event) => event.id > after || isLastEvent(event));
      if (goesOn || message.status === 'streaming') {
        return following.follow(userId, messageId, after, signal);
      }
      const { balance } = await parts.balanceOf(userId);
      return storedEvents(message, after, balance);
    },

    async whole(userId, { userMessageId, messageId }, signal) {
      await untilOver(userId, messageId, signal);
      const [userMessage, message] = [
        await messages.byId(userMessageId),
        await messages.byId(messageId),
      ];
      if (!userMessage || !message) throw new AppError(404, 'not_found', '这个对话已被删除。');
      if (message.status === 'failed') {
        throw new AppError(502, 'model_failed', '模型暂时没有答上来，没有扣费，请稍后再试。');
      }
      const { balance } = await parts.balanceOf(userId);
      return { userMessage, message, balance };
    },

    async stop(userId, sessionId, messageId) {
      const message = await owned(userId, messageId);
      if (message.sessionId !== sessionId) throw noAnswer();
      if (message.status !== 'streaming') return message;
      await bus.publish(STOP_CHANNEL, messageId);
      await untilOver(userId, messageId, AbortSignal.timeout(STOP_WAIT_MS));
      return owned(userId, messageId);
    },

    async stopAllFor(userId) {
      for (const id of await messages.runningFor(userId)) await bus.publish(STOP_CHANNEL, id);
    },

    async sweep() {
      await releaseOrphaned(parts.transact);
      return endAbandoned(await messages.abandoned(undefined));
    },

    async drain(deadlineMs) {
      draining = true;
      const timer = setTimeout(() => running.stopAll('shutdown'), deadlineMs);
      await Promise.all(inProgress);
      clearTimeout(timer);
      running.close();
    },
  };

  async function endAbandoned(abandoned: Message[]): Promise<number> {
    const failed = await failAbandoned(parts.transact, abandoned);
    for (const message of failed) await announceFailure(message);
    if (failed.length > 0) logger.warn({ answers: failed.length }, 'abandoned answers failed');
    return failed.length;
  }

  async function announceFailure(message: Message): Promise<void> {
    try {
      const lastId = await lastEventId(eventStore, message.id);
      const error = { error: 'model_failed', message: '回答中断了，没有扣费，请重试。' };
      await events.openWriter(message.id, lastId).append('error', error);
    } catch (error) {
      logger.warn({ err: error }, 'end of an abandoned answer not announced');
    }
  }

  // A process that comes back under the same name finds the answers of its former life.
  await endAbandoned(await messages.abandoned(parts.instanceId));
  return service;
}

function noAnswer(): AppError {
  return new AppError(404, 'not_found', '没有这条回答。');
}

async function lastEventId(store: EventStore, answerId: string): Promise<number> {
  let last = 0;
  for (;;) {
    const page = await store.read(answerId, last, 500);
    const end = page.at(-1);
    if (!end) return last;
    last = end.id;
  }
}
