import { z } from 'zod';
import { cursorTime, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import {
  createSessionBody,
  listedSessionSchema,
  messageSchema,
  messagesQuery,
  sessionParams,
  sessionSchema,
  sessionsQuery,
  updateSessionBody,
} from './chat-schemas.ts';
import { presentMessage } from './present-message.ts';
import { presentFoundSession, presentSession } from './present-session.ts';
import type { SessionService } from './session-service.ts';

const tag = 'chat';
const sessionCursor = z.tuple([cursorTime, z.uuid()]);
const messageCursor = z.tuple([z.int32().min(0)]);

export function sessionRoutes(sessions: SessionService): Route[] {
  return [...listRoutes(sessions), ...oneRoutes(sessions)];
}

function listRoutes(sessions: SessionService): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/sessions',
      summary: 'Begin a conversation',
      tag,
      access: 'user',
      idempotent: true,
      body: createSessionBody,
      data: sessionSchema,
      status: 201,
      handle: async ({ identity, body: { title, mode } }) =>
        presentSession(
          await sessions.create(identity.userId, {
            mode,
            ...(title === undefined ? {} : { title }),
          }),
        ),
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions',
      summary: 'Own conversations, newest activity first; `q` is looked for in titles and messages',
      tag,
      access: 'user',
      query: sessionsQuery,
      data: pageSchema(listedSessionSchema),
      handle: async ({ identity, query: { archived, q, limit, cursor } }) => {
        const before = readCursor(cursor, sessionCursor);
        const page = await sessions.list(identity.userId, { archived, q }, { limit, before });
        return { ...page, items: page.items.map(presentFoundSession) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/sessions/{id}/messages',
      summary: 'What was said, oldest first',
      tag,
      access: 'user',
      params: sessionParams,
      query: messagesQuery,
      data: pageSchema(messageSchema),
      handle: async ({ identity, params, query: { limit, order, cursor } }) => {
        const beyond = readCursor(cursor, messageCursor)?.[0];
        const page = await sessions.messages(identity.userId, params.id, { limit, order, beyond });
        return { ...page, items: page.items.map(presentMessage) };
      },
    }),
  ];
}

function oneRoutes(sessions: SessionService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/sessions/{id}',
      summary: 'One conversation',
      tag,
      access: 'user',
      params: sessionParams,
      data: sessionSchema,
      handle: async ({ identity, params }) =>
        presentSession(await sessions.get(identity.userId, params.id)),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/sessions/{id}',
      summary: 'Rename, archive, or go on in another mode',
      tag,
      access: 'user',
      params: sessionParams,
      body: updateSessionBody,
      data: sessionSchema,
      handle: async ({ identity, params, body: { title, archived, mode } }) =>
        presentSession(
          await sessions.update(identity.userId, params.id, {
            ...(title === undefined ? {} : { title }),
            ...(archived === undefined ? {} : { archived }),
            ...(mode === undefined ? {} : { mode }),
          }),
        ),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/sessions/{id}',
      summary: 'Delete with all its messages',
      tag,
      access: 'user',
      params: sessionParams,
      data: z.object({}),
      handle: async ({ identity, params }) => {
        await sessions.delete(identity.userId, params.id);
        return {};
      },
    }),
  ];
}
