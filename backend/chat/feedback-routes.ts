import { z } from 'zod';
import { callerOf } from '../http/caller.ts';
import { cursorTime, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { messageParams, messageSchema } from './chat-schemas.ts';
import type { Feedback } from './feedback.ts';
import {
  feedbackBody,
  feedbackQuery,
  feedbackRecordSchema,
  handledBody,
} from './feedback-schemas.ts';
import type { FeedbackDesk, FeedbackService } from './feedback-service.ts';
import { presentMessage } from './present-message.ts';

const cursorSchema = z.tuple([cursorTime, z.uuid()]);

export function feedbackRoutes(feedback: FeedbackService, desk: FeedbackDesk): Route[] {
  return [...readerRoutes(feedback), ...adminRoutes(desk)];
}

function readerRoutes(feedback: FeedbackService): Route[] {
  const tag = 'chat';
  return [
    defineRoute({
      method: 'put',
      path: '/api/messages/{mid}/feedback',
      summary: 'What the reader thinks of an answer',
      tag,
      access: 'user',
      params: messageParams,
      body: feedbackBody,
      data: messageSchema,
      handle: async ({ identity, params, body }) =>
        presentMessage(await feedback.give(identity.userId, params.mid, body)),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/messages/{mid}/feedback',
      summary: 'Take back what was said of an answer; safe to repeat',
      tag,
      access: 'user',
      params: messageParams,
      data: messageSchema,
      handle: async ({ identity, params }) =>
        presentMessage(await feedback.withdraw(identity.userId, params.mid)),
    }),
  ];
}

function adminRoutes(desk: FeedbackDesk): Route[] {
  const tag = 'administration';
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/feedback',
      summary: 'What readers say of answers, newest first',
      tag,
      access: 'admin',
      query: feedbackQuery,
      data: pageSchema(feedbackRecordSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await desk.list(filter, { limit, before });
        return { ...page, items: page.items.map(presentFeedback) };
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/admin/feedback/{mid}',
      summary: 'Mark it as seen to, or not after all',
      tag,
      access: 'admin',
      params: messageParams,
      body: handledBody,
      data: feedbackRecordSchema,
      handle: async ({ identity, params, body, request }) => {
        const by = { userId: identity.userId, address: callerOf(request).address };
        return presentFeedback(await desk.handle(by, params.mid, body.handled));
      },
    }),
  ];
}

function presentFeedback(feedback: Feedback): z.input<typeof feedbackRecordSchema> {
  const { message, createdAt, updatedAt, handledAt, ...same } = feedback;
  return {
    ...same,
    message: presentMessage(message),
    sessionId: message.sessionId,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    handledAt: handledAt?.toISOString() ?? null,
  };
}
