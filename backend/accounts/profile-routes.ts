import { defineRoute, type Route } from '../http/route.ts';
import { profileBody, userSchema } from './account-schemas.ts';
import { presentUser } from './present-user.ts';
import type { Profiles } from './profile-service.ts';

const tag = 'accounts';

export function profileRoutes(profiles: Profiles): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/profile',
      summary: 'The own account',
      tag,
      access: 'user',
      data: userSchema,
      handle: async ({ identity }) => presentUser(await profiles.read(identity.userId)),
    }),
    defineRoute({
      method: 'put',
      path: '/api/user/profile',
      summary: 'Change nickname or avatar',
      tag,
      access: 'user',
      body: profileBody,
      data: userSchema,
      handle: async ({ identity, body }) =>
        presentUser(
          await profiles.change(identity.userId, {
            ...(body.nickname === undefined ? {} : { nickname: body.nickname }),
            ...(body.avatarUrl === undefined ? {} : { avatarUrl: body.avatarUrl }),
          }),
        ),
    }),
  ];
}
