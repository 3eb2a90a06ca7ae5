import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { cursorTime, pageQuery, pageSchema, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { idSchema } from '../../http/text-schema.ts';
import { userSchema } from '../account-schemas.ts';
import { presentUser } from '../present-user.ts';
import type { Profiles } from '../profile-service.ts';
import { accessTokenExpiry } from './access-tokens.ts';
import { liveLoginSchema, loginAttemptSchema, loginSchema, refreshBody } from './login-schemas.ts';
import type { LoginService } from './login-service.ts';
import { type PresentLogin, presentLiveLogin, presentLoginAttempt } from './present-login.ts';
import type { RefreshCookie } from './refresh-cookie.ts';

const tag = 'accounts';

export interface LoginRouteParts {
  logins: LoginService;
  profiles: Pick<Profiles, 'read'>;
  cookie: RefreshCookie;
  presentLogin: PresentLogin;
}

export function loginRoutes(parts: LoginRouteParts): Route[] {
  return [...tokenRoutes(parts), ...deviceRoutes(parts)];
}

function tokenRoutes({ logins, profiles, cookie, presentLogin }: LoginRouteParts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/auth/verify',
      summary: 'Whose token this is and how long it lasts',
      tag,
      access: 'user',
      data: z.object({ user: userSchema, expiresAt: z.iso.datetime() }),
      handle: async ({ identity, request }) => {
        const token = request.headers.authorization?.split(' ')[1] ?? '';
        const user = presentUser(await profiles.read(identity.userId));
        return { user, expiresAt: accessTokenExpiry(token).toISOString() };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/refresh',
      summary: 'Exchange a refresh token for new tokens; each works once',
      tag,
      access: 'open',
      body: refreshBody,
      data: loginSchema,
      handle: async ({ body, request, response }) => {
        const { token, fromCookie } = cookie.tokenOf(request, body.refreshToken);
        try {
          const login = await logins.refresh(token, { fromCookie });
          return presentLogin(login, { request, response });
        } catch (error) {
          if (fromCookie && error instanceof AppError) cookie.forget(response);
          throw error;
        }
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/logout',
      summary: 'End the login that this refresh token belongs to',
      tag,
      access: 'open',
      body: refreshBody,
      data: z.object({}),
      handle: async ({ body, request, response }) => {
        const { token, fromCookie } = cookie.tokenOf(request, body.refreshToken);
        await logins.leave(token);
        if (fromCookie) cookie.forget(response);
        return {};
      },
    }),
  ];
}

function deviceRoutes({ logins }: LoginRouteParts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/logins',
      summary: 'Where the account is logged in now',
      tag,
      access: 'user',
      data: pageSchema(liveLoginSchema),
      handle: async ({ identity }) => {
        const alive = await logins.list(identity.userId);
        const items = alive.map((login) => presentLiveLogin(login, identity.loginId));
        return { items, nextCursor: null };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/user/logins/{id}',
      summary: 'End one of the own logins',
      tag,
      access: 'user',
      params: z.object({ id: idSchema }),
      data: z.object({}),
      handle: async ({ identity, params }) => {
        await logins.end(identity.userId, params.id);
        return {};
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/user/logins',
      summary: 'End all own logins but the one that asks',
      tag,
      access: 'user',
      data: z.object({ ended: z.int() }),
      handle: async ({ identity }) => ({
        ended: await logins.endOthers(identity.userId, identity.loginId),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/user/login-logs',
      summary: 'Each attempt to log in to the own account, newest first',
      tag,
      access: 'user',
      query: z.object(pageQuery),
      data: pageSchema(loginAttemptSchema),
      handle: async ({ identity, query }) => {
        const before = readCursor(query.cursor, z.tuple([cursorTime, idSchema]));
        const page = await logins.attempts(identity.userId, { limit: query.limit, before });
        return { ...page, items: page.items.map(presentLoginAttempt) };
      },
    }),
  ];
}
