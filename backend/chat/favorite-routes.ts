import { z } from 'zod';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { messageParams, messageSchema } from './chat-schemas.ts';
import type { FavoriteService } from './favorite-service.ts';
import type { Favorite } from './favorite-store.ts';
import { presentMessage } from './present-message.ts';

const tag = 'chat';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

const favoriteSchema = z.object({
  message: messageSchema,
  sessionTitle: z.string(),
  question: z.string().nullable().describe('what was asked, where the message is an answer'),
  favoritedAt: z.iso.datetime(),
});

export function favoriteRoutes(favorites: FavoriteService): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/messages/{mid}/favorite',
      summary: 'Mark a message as a favourite; safe to repeat',
      tag,
      access: 'user',
      params: messageParams,
      data: messageSchema,
      handle: async ({ identity, params }) =>
        presentMessage(await favorites.mark(identity.userId, params.mid)),
    }),
    defineRoute({
      method: 'delete',
      path: '/api/messages/{mid}/favorite',
      summary: 'No favourite any more; safe to repeat',
      tag,
      access: 'user',
      params: messageParams,
      data: messageSchema,
      handle: async ({ identity, params }) =>
        presentMessage(await favorites.unmark(identity.userId, params.mid)),
    }),
    defineRoute({
      method: 'get',
      path: '/api/favorites',
      summary: 'Own favourites, the one marked last first',
      tag,
      access: 'user',
      query: z.object(pageQuery),
      data: pageSchema(favoriteSchema),
      handle: async ({ identity, query: { limit, cursor } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await favorites.list(identity.userId, { limit, before });
        return { ...page, items: page.items.map(presentFavorite) };
      },
    }),
  ];
}

function presentFavorite(favorite: Favorite): z.input<typeof favoriteSchema> {
  const { message, favoritedAt, ...same } = favorite;
  return { ...same, message: presentMessage(message), favoritedAt: favoritedAt.toISOString() };
}
