import { z } from 'zod';
import { defineRoute, HANDLED, type Route } from '../../http/route.ts';
import { idSchema } from '../../http/text-schema.ts';
import { userSchema } from '../account-schemas.ts';
import { presentUser } from '../present-user.ts';
import { AVATAR_BYTES, AVATAR_REFUSAL, AVATAR_TYPES, readAvatar } from './avatar.ts';
import type { Avatars } from './avatar-service.ts';

const tag = 'accounts';

/**
 * The bytes are a stranger's: a browser takes them for the image they are said to be and runs nothing
 * of them. Pages of other sites may show them, as they may call the API.
 */
const HEADERS = {
  'Cache-Control': 'public, max-age=31536000, immutable',
  'Content-Disposition': 'inline',
  'Content-Security-Policy': "default-src 'none'; sandbox",
  'Cross-Origin-Resource-Policy': 'cross-origin',
  'X-Content-Type-Options': 'nosniff',
};

const MISSING = { error: '请上传一张图片' };
const pictureBody = z.instanceof(Buffer, MISSING).refine((file) => file.length > 0, MISSING);

export function avatarRoutes(avatars: Avatars): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/user/avatar',
      summary: 'Send a picture to be shown with the own account',
      tag,
      access: 'account',
      binaryBody: { contentTypes: AVATAR_TYPES, limit: AVATAR_BYTES, refusal: AVATAR_REFUSAL },
      body: pictureBody,
      data: userSchema,
      handle: async ({ identity, body, request }) => {
        const declaredType = request.is([...AVATAR_TYPES]) || '';
        return presentUser(await avatars.set(identity.userId, readAvatar(body, declaredType)));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/user/avatar',
      summary: 'Show the own account without a picture',
      tag,
      access: 'account',
      data: userSchema,
      handle: async ({ identity }) => presentUser(await avatars.remove(identity.userId)),
    }),
    defineRoute({
      method: 'get',
      path: '/api/avatars/{id}',
      summary: 'The picture of an account; what is under an id never changes',
      tag,
      access: 'open',
      params: z.object({ id: idSchema }),
      data: z.never(),
      binaryReply: AVATAR_TYPES,
      handle: async ({ params, response }) => {
        const { mediaType, image } = await avatars.byId(params.id);
        response.set(HEADERS).type(mediaType).send(image);
        return HANDLED;
      },
    }),
  ];
}
