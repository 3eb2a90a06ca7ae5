import { z } from 'zod';
import { AppError } from '../errors.ts';
import { askStrategy, type Passport } from '../http/authentication.ts';
import { defineRoute, type Identity, type Route } from '../http/route.ts';
import {
  emailLoginBody,
  loginSchema,
  profileBody,
  refreshBody,
  registerBody,
  userSchema,
} from './account-schemas.ts';
import type { AccountService } from './account-service.ts';
import { presentLogin, presentUser } from './present-user.ts';
import { accessTokenExpiry } from './tokens.ts';
import type { User } from './user.ts';

const tag = 'accounts';

export function accountRoutes(accounts: AccountService, passport: Passport): Route[] {
  return [...loginRoutes(accounts, passport), ...tokenRoutes(accounts), ...profileRoutes(accounts)];
}

function guestOf(identity: Identity | undefined): string | undefined {
  return identity?.role === 'guest' ? identity.userId : undefined;
}

function loginRoutes(accounts: AccountService, passport: Passport): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/auth/register',
      summary: 'Make an account; the sessions of a guest come along',
      tag,
      access: 'optional',
      rateClass: 'login',
      body: registerBody,
      data: loginSchema,
      status: 201,
      handle: async ({ body, identity }) =>
        presentLogin(await accounts.register(body, guestOf(identity))),
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/guest',
      summary: 'Try without an account, with a small allowance',
      tag,
      access: 'open',
      rateClass: 'guest',
      body: z.object({}),
      data: loginSchema,
      status: 201,
      handle: async () => presentLogin(await accounts.enterAsGuest()),
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/email-login',
      summary: 'Log in with address and password',
      tag,
      access: 'optional',
      rateClass: 'login',
      body: emailLoginBody,
      data: loginSchema,
      handle: async ({ identity, request, response }) => {
        const { who } = await askStrategy<User>(passport, 'local', request, response);
        if (!who) throw new AppError(401, 'invalid_credentials', '邮箱或密码不正确。');
        return presentLogin(await accounts.logIn(who, guestOf(identity)));
      },
    }),
  ];
}

function tokenRoutes(accounts: AccountService): Route[] {
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
        return {
          user: presentUser(await knownUser(accounts, identity)),
          expiresAt: accessTokenExpiry(token).toISOString(),
        };
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
      handle: async ({ body }) => presentLogin(await accounts.refresh(body.refreshToken)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/logout',
      summary: 'End the login that this refresh token belongs to',
      tag,
      access: 'open',
      body: refreshBody,
      data: z.object({}),
      handle: async ({ body }) => {
        await accounts.logOut(body.refreshToken);
        return {};
      },
    }),
  ];
}

function profileRoutes(accounts: AccountService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/profile',
      summary: 'The own account',
      tag,
      access: 'user',
      data: userSchema,
      handle: async ({ identity }) => presentUser(await knownUser(accounts, identity)),
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
          await accounts.updateProfile(identity.userId, {
            ...(body.nickname === undefined ? {} : { nickname: body.nickname }),
            ...(body.avatarUrl === undefined ? {} : { avatarUrl: body.avatarUrl }),
          }),
        ),
    }),
  ];
}

async function knownUser(accounts: AccountService, identity: Identity): Promise<User> {
  const user = await accounts.activeUser(identity.userId);
  if (!user) throw new AppError(401, 'unauthenticated', '请先登录。');
  return user;
}
