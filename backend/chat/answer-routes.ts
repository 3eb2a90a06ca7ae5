import type { Request, Response } from 'express';
import { z } from 'zod';
import { toExpectedError } from '../http/failure.ts';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import type { Logger } from '../logger.ts';
import { clientGone, resumePosition, sendEvents } from '../realtime/server-sent-events.ts';
import type { Events } from './answer-following.ts';
import type { AnswerService } from './answer-service.ts';
import {
  answerSchema,
  askBody,
  eventsQuery,
  messageParams,
  messageSchema,
  sessionMessageParams,
  sessionParams,
} from './chat-schemas.ts';
import { presentMessage } from './present-message.ts';

const tag = 'chat';

export function answerRoutes(
  answers: AnswerService,
  models: readonly string[],
  logger: Logger,
): Route[] {
  const stream = (response: Response, events: Events) =>
    sendEvents(response, events, (error) => {
      logger.warn({ err: error }, 'event stream ended early');
      const expected = toExpectedError(error);
      return {
        error: expected?.slug ?? 'unavailable',
        message: expected?.message ?? '连接中断，请重新打开这个回答。',
      };
    });
  return [
    defineRoute({
      method: 'post',
      path: '/api/sessions/{id}/messages',
      summary: 'Ask; the answer comes as events, or whole as JSON',
      tag,
      access: 'user',
      rateClass: 'question',
      idempotent: 'by-handler',
      params: sessionParams,
      body: askBody(models),
      data: answerSchema,
      streams: true,
      handle: async ({ identity, params, body, idempotencyKey, request, response }) => {
        const { userId } = identity;
        const asked = await answers.ask({ userId, sessionId: params.id, ...body, idempotencyKey });
        if (wantsEvents(request)) {
          const gone = clientGone(response);
          await stream(response, await answers.follow(userId, asked.messageId, 0, gone));
          return HANDLED;
        }
        const { userMessage, message, balance } = await answers.whole(
          userId,
          asked,
          clientGone(response),
        );
        return {
          userMessage: presentMessage(userMessage),
          message: presentMessage(message),
          balance,
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/sessions/{id}/messages/{mid}/stop',
      summary: 'Stop a running answer; what was written stays',
      tag,
      access: 'user',
      params: sessionMessageParams,
      body: z.object({}),
      data: messageSchema,
      handle: async ({ identity, params }) =>
        presentMessage(await answers.stop(identity.userId, params.id, params.mid)),
    }),
    defineRoute({
      method: 'get',
      path: '/api/messages/{mid}/events',
      summary: 'The events of an answer again, from after the given one',
      tag,
      access: 'user',
      params: messageParams,
      query: eventsQuery,
      data: z.string(),
      streams: true,
      handle: async ({ identity, params, query, request, response }) => {
        const after = resumePosition(request, query.after);
        const gone = clientGone(response);
        await stream(response, await answers.follow(identity.userId, params.mid, after, gone));
        return HANDLED;
      },
    }),
  ];
}

function wantsEvents(request: Request): boolean {
  return request.accepts(['application/json', 'text/event-stream']) === 'text/event-stream';
}
