import { AppError } from '../errors.ts';
import type { CallCount } from '../http/rate-limit.ts';
import type { Logger } from '../logger.ts';
import { note } from '../platform/scope.ts';
import type { ListenerPlaces } from '../realtime/listener-places.ts';
import type { SocketLine, SocketListener } from '../realtime/web-sockets.ts';
import type { AnswerService } from './answer-service.ts';
import type { FrameWatch } from './frame-watch.ts';
import {
  createFrameReader,
  errorFrame,
  type FrameSubject,
  toSocketError,
} from './socket-errors.ts';
import {
  createSocketPass,
  type SocketAuthentication,
  type SocketPassTimes,
} from './socket-pass.ts';
import { createSocketSubscriptions } from './socket-subscriptions.ts';
import type { Frame } from './stream-schemas.ts';

export interface AnswerSocketParts {
  answers: Pick<AnswerService, 'ask' | 'regenerate' | 'follow' | 'stop'>;
  authentication: SocketAuthentication;
  /** The same budgets as with HTTP. */
  count: CallCount;
  places: ListenerPlaces;
  models: readonly string[];
  watch: FrameWatch;
  logger: Logger;
  times?: SocketPassTimes;
}

export interface AnswerSocket extends SocketListener {
  /** Says goodbye as soon as nothing is being told. */
  leaveWhenDone(): void;
  /** Says goodbye in the middle; the client goes on elsewhere after what it has heard. */
  leave(): void;
}

const MOST_UNSOUND = 20;
const MOST_AT_WORK = 16;
const CLOSED_UNSOUND = 1008;
const CLOSED_RESTART = 1012;

type Command = Exclude<Frame, { type: 'auth' | 'ping' }>;

/** What a client says over one WebSocket, and what it is told. */
export function createAnswerSocket(
  parts: AnswerSocketParts,
  line: SocketLine,
  address: string,
): AnswerSocket {
  const { answers, count, watch, logger } = parts;
  const read = createFrameReader(parts.models);
  const pass = createSocketPass(parts.authentication, line, parts.times);
  let leaving = false;
  let unsound = 0;
  let atWork = 0;
  const subscriptions = createSocketSubscriptions(parts, line, goIfDone);

  function goIfDone(): void {
    if (leaving && subscriptions.count === 0 && atWork === 0) {
      line.close(CLOSED_RESTART, 'restart');
    }
  }

  async function tell(work: () => Promise<void>, about: FrameSubject): Promise<void> {
    atWork += 1;
    if (atWork === MOST_AT_WORK) line.pause();
    try {
      await work();
    } catch (error) {
      await line.send(errorFrame(toSocketError(error, logger), about));
    } finally {
      if (atWork === MOST_AT_WORK) line.resume();
      atWork -= 1;
      goIfDone();
    }
  }

  async function obey(command: Command): Promise<void> {
    if (command.type === 'unsubscribe') return subscriptions.end(command.messageId);
    const { userId } = await pass.holder();
    note({ userId });
    const isQuestion = command.type === 'ask' || command.type === 'regenerate';
    await count(isQuestion ? 'question' : 'others', { address, account: userId });
    if (command.type === 'stop') {
      const { messageId } = command;
      const { status } = await answers.stop(userId, undefined, messageId);
      return void line.send(JSON.stringify({ type: 'stopped', messageId, status }));
    }
    const leavePlace = subscriptions.place(userId);
    try {
      const asked = await answerFor(command, userId);
      subscriptions.begin({ userId, leavePlace, ...asked });
    } catch (error) {
      leavePlace();
      throw error;
    }
  }

  async function answerFor(
    command: Exclude<Command, { type: 'stop' | 'unsubscribe' }>,
    userId: string,
  ) {
    if (command.type === 'subscribe') {
      return { messageId: command.messageId, after: command.after };
    }
    const { type: _type, clientId, ...wish } = command;
    const asking = { ...wish, userId, idempotencyKey: clientId };
    const { messageId } = await ('content' in asking
      ? answers.ask(asking)
      : answers.regenerate(asking));
    return { messageId, after: 0, clientId };
  }

  /** Who is refused uses up the budget of his address, so that nobody tries tokens without end. */
  async function admit(token: string): Promise<void> {
    try {
      await pass.show(token);
    } catch (error) {
      if (error instanceof AppError && error.status === 401) {
        await count('others', { address, account: undefined }).catch(() => undefined);
      } else {
        throw error;
      }
    }
  }

  function refuse(fault: AppError, about: FrameSubject): void {
    watch.unsound();
    void line.send(errorFrame(fault, about));
    unsound += 1;
    if (unsound >= MOST_UNSOUND) line.close(CLOSED_UNSOUND, 'too many bad frames');
  }

  watch.opened();
  return {
    heard(text) {
      const heard = read(text);
      if ('fault' in heard) return refuse(heard.fault, heard.about);
      const { frame } = heard;
      if (frame.type === 'ping') return void line.send(JSON.stringify({ type: 'pong' }));
      const { type } = frame;
      if (type === 'auth') {
        return void tell(() => watch.obeyed(type, () => admit(frame.token)), {});
      }
      void tell(() => watch.obeyed(type, () => obey(frame)), subjectOf(frame));
    },
    closed() {
      watch.closed();
      pass.close();
      subscriptions.endAll();
    },
    leaveWhenDone() {
      leaving = true;
      goIfDone();
    },
    leave() {
      subscriptions.endAll();
      line.close(CLOSED_RESTART, 'restart');
    },
  };
}

function subjectOf(command: Command): FrameSubject {
  return {
    clientId: 'clientId' in command ? command.clientId : undefined,
    messageId: 'messageId' in command ? command.messageId : undefined,
  };
}
