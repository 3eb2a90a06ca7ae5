import type { Passport } from '../http/authentication.ts';
import type { Route } from '../http/route.ts';
import { avatarRoutes } from './avatars/avatar-routes.ts';
import { closingRoutes } from './closing/closing-routes.ts';
import type { AccountServices } from './compose-accounts.ts';
import { emailRoutes } from './email/email-routes.ts';
import { loginRoutes } from './logins/login-routes.ts';
import { createPresentLogin } from './logins/present-login.ts';
import { createRefreshCookie } from './logins/refresh-cookie.ts';
import { passwordRoutes } from './passwords/password-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { registrationRoutes } from './registration-routes.ts';
import { wechatRoutes } from './wechat/wechat-routes.ts';

export function accountRoutes(
  accounts: AccountServices,
  passport: Passport,
  publicUrl: string,
): Route[] {
  const { logins, profiles, registration, wechat } = accounts;
  const cookie = createRefreshCookie(publicUrl);
  const presentLogin = createPresentLogin(cookie);
  return [
    ...registrationRoutes(registration, presentLogin),
    ...passwordRoutes({ ...accounts, passport, presentLogin }),
    ...emailRoutes(accounts.emails),
    ...loginRoutes({ logins, profiles, cookie, presentLogin }),
    ...wechatRoutes({ wechat, browser: accounts.wechatBrowser, passport, presentLogin }),
    ...profileRoutes(profiles),
    ...avatarRoutes(accounts.avatars),
    ...closingRoutes({ ...accounts, cookie }),
  ];
}
