import type { Request, Response } from 'express';
import { z } from 'zod';
import { toExpectedError } from '../http/failure.ts';
import { defineRoute, HANDLED, type Route } from '../http/route.ts';
import type { Logger } from '../logger.ts';
import { jsonLines, type StreamFormat, serverSentEvents } from '../realtime/event-frames.ts';
import { clientGone, resumePosition, sendEvents } from '../realtime/event-reply.ts';
import type { ListenerPlaces } from '../realtime/listener-places.ts';
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
import { regenerateBody } from './stream-schemas.ts';

const tag = 'chat';

interface Answering {
  answers: AnswerService;
  models: readonly string[];
  places: ListenerPlaces;
  logger: Logger;
}

export function answerRoutes(parts: Answering): Route[] {
  const { answers, models } = parts;
  const reply = createAnswerReply(parts);
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
      handle: ({ identity: { userId }, params, body, idempotencyKey, request, response }) =>
        reply.toQuestion({ userId, request, response }, () =>
          answers.ask({ userId, sessionId: params.id, ...body, idempotencyKey }),
        ),
    }),
    defineRoute({
      method: 'post',
      path: '/api/sessions/{id}/messages/{mid}/regenerate',
      summary: 'Answer again; the old answer stays as a version',
      tag,
      access: 'user',
      rateClass: 'question',
      idempotent: 'by-handler',
      params: sessionMessageParams,
      body: regenerateBody(models),
      data: answerSchema,
      streams: true,
      handle: ({ identity: { userId }, params, body, idempotencyKey, request, response }) =>
        reply.toQuestion({ userId, request, response }, () =>
          answers.regenerate({
            ...{ userId, sessionId: params.id, messageId: params.mid },
            ...body,
            idempotencyKey,
          }),
        ),
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
        const lines = request.accepts([SSE, NDJSON]) === NDJSON;
        const exchange = { userId: identity.userId, request, response };
        const format = lines ? jsonLines(params.mid) : serverSentEvents;
        return reply.toListener(exchange, params.mid, after, format);
      },
    }),
  ];
}

interface Asked {
  userMessageId: string;
  messageId: string;
}

interface Exchange {
  userId: string;
  request: Request;
  response: Response;
}

const SSE = 'text/event-stream';
const NDJSON = 'application/x-ndjson';
const FORMATS: Record<string, (messageId: string) => StreamFormat> = {
  [SSE]: () => serverSentEvents,
  [NDJSON]: jsonLines,
};

/** What an answer is told with: events in the format that was asked for, else all of it as JSON. */
function createAnswerReply({ answers, places, logger }: Answering) {
  const onFailure = (error: unknown) => {
    logger.warn({ err: error }, 'event stream ended early');
    const expected = toExpectedError(error);
    return {
      error: expected?.slug ?? 'unavailable',
      message: expected?.message ?? '连接中断，请重新打开这个回答。',
    };
  };

  async function tell(
    { userId, response }: Exchange,
    messageId: string,
    after: number,
    format: StreamFormat,
  ): Promise<typeof HANDLED> {
    const gone = clientGone(response, places.leaving);
    const events = await answers.follow(userId, messageId, after, gone);
    await sendEvents(response, events, { format, onFailure });
    return HANDLED;
  }

  /** Before a question is taken: who may not listen any more should not have to pay for it. */
  async function inPlace<Result>(userId: string, work: () => Promise<Result>): Promise<Result> {
    const leave = places.take(userId);
    try {
      return await work();
    } finally {
      leave();
    }
  }

  return {
    toListener: (exchange: Exchange, messageId: string, after: number, format: StreamFormat) =>
      inPlace(exchange.userId, () => tell(exchange, messageId, after, format)),

    toQuestion: (exchange: Exchange, ask: () => Promise<Asked>) =>
      inPlace(exchange.userId, async () => {
        const { userId, request, response } = exchange;
        const asked = await ask();
        const wanted = request.accepts(['application/json', SSE, NDJSON]);
        const formatFor = wanted ? FORMATS[wanted] : undefined;
        if (formatFor) return tell(exchange, asked.messageId, 0, formatFor(asked.messageId));
        const whole = await answers.whole(userId, asked, clientGone(response));
        return {
          userMessage: presentMessage(whole.userMessage),
          message: presentMessage(whole.message),
          balance: whole.balance,
        };
      }),
  };
}
