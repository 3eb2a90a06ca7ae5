import { z } from 'zod';
import { defineRoute, type Route } from '../http/route.ts';
import type { AnswerService } from './answer-service.ts';
import { messageParams, messageSchema, sessionMessageParams } from './chat-schemas.ts';
import { presentMessage } from './present-message.ts';

const tag = 'chat';

export function messageRoutes(answers: Pick<AnswerService, 'recall' | 'versions'>): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/messages/{mid}/versions',
      summary: 'All answers to the question that a message is or answers, oldest first',
      tag,
      access: 'user',
      params: messageParams,
      data: z.object({ items: z.array(messageSchema) }),
      handle: async ({ identity, params }) => {
        const versions = await answers.versions(identity.userId, params.mid);
        return { items: versions.map(presentMessage) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/sessions/{id}/messages/{mid}/recall',
      summary: 'Withdraw an own question and its answers, within two minutes',
      tag,
      access: 'user',
      params: sessionMessageParams,
      body: z.object({}),
      data: z.object({ recalled: z.array(z.uuid()) }),
      handle: async ({ identity, params }) => {
        const { userId } = identity;
        const recalled = await answers.recall({
          ...{ userId, sessionId: params.id, messageId: params.mid },
        });
        return { recalled };
      },
    }),
  ];
}
