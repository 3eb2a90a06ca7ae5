import { z } from 'zod';
import { AppError } from '../../errors.ts';
import { askStrategy, type Passport } from '../../http/authentication.ts';
import { callerOf } from '../../http/caller.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import {
  changePasswordBody,
  emailLoginBody,
  emailSchema,
  resetPasswordBody,
  userSchema,
} from '../account-schemas.ts';
import { loginSchema } from '../logins/login-schemas.ts';
import type { LoginService } from '../logins/login-service.ts';
import type { PresentLogin } from '../logins/present-login.ts';
import { presentUser } from '../present-user.ts';
import { guestOf } from '../registration-routes.ts';
import type { User } from '../user.ts';
import type { PasswordReset } from './password-reset.ts';
import type { PasswordService } from './password-service.ts';

const tag = 'accounts';

export interface PasswordRouteParts {
  logins: Pick<LoginService, 'enter'>;
  passwords: Pick<PasswordService, 'change'>;
  passwordReset: PasswordReset;
  passport: Passport;
  presentLogin: PresentLogin;
}

export function passwordRoutes(parts: PasswordRouteParts): Route[] {
  return [...loginRoutes(parts), ...changeRoutes(parts), ...resetRoutes(parts)];
}

function loginRoutes({ logins, passport, presentLogin }: PasswordRouteParts): Route[] {
  return [
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
        const visit = { method: 'password', caller: callerOf(request) } as const;
        const login = await logins.enter(who, visit, guestOf(identity));
        return presentLogin(login, { request, response });
      },
    }),
  ];
}

function changeRoutes({ passwords }: PasswordRouteParts): Route[] {
  return [
    defineRoute({
      method: 'put',
      path: '/api/user/password',
      summary: 'Set the own password; all other logins end',
      tag,
      access: 'account',
      rateClass: 'login',
      body: changePasswordBody,
      data: z.object({}),
      handle: async ({ identity, body, request }) => {
        await passwords.change(identity, body, callerOf(request));
        return {};
      },
    }),
  ];
}

function resetRoutes({ passwordReset }: PasswordRouteParts): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/auth/forgot-password',
      summary: 'Ask for a mail to set a new password with; the reply is the same for any address',
      tag,
      access: 'open',
      rateClass: 'mail',
      body: z.object({ email: emailSchema }),
      data: z.object({}),
      status: 202,
      handle: async ({ body }) => {
        await passwordReset.request(body.email);
        return {};
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/auth/reset-password',
      summary: 'Set a new password with the token of a mail; all logins of the account end',
      tag,
      access: 'open',
      rateClass: 'login',
      body: resetPasswordBody,
      data: z.object({ user: userSchema }),
      handle: async ({ body, request }) => {
        const caller = callerOf(request);
        const user = await passwordReset.finish(body.token, body.password, caller);
        return { user: presentUser(user) };
      },
    }),
  ];
}
