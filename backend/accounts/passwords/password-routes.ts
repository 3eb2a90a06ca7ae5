import { AppError } from '../../errors.ts';
import { askStrategy, type Passport } from '../../http/authentication.ts';
import { callerOf } from '../../http/caller.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { emailLoginBody } from '../account-schemas.ts';
import { loginSchema } from '../logins/login-schemas.ts';
import type { LoginService } from '../logins/login-service.ts';
import type { PresentLogin } from '../logins/present-login.ts';
import { guestOf } from '../registration-routes.ts';
import type { User } from '../user.ts';

const tag = 'accounts';

export interface PasswordRouteParts {
  logins: Pick<LoginService, 'enter'>;
  passport: Passport;
  presentLogin: PresentLogin;
}

export function passwordRoutes({ logins, passport, presentLogin }: PasswordRouteParts): Route[] {
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
