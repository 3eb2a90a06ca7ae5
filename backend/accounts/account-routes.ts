import type { Passport } from '../http/authentication.ts';
import type { Route } from '../http/route.ts';
import type { AccountServices } from './compose-accounts.ts';
import { loginRoutes } from './logins/login-routes.ts';
import { createPresentLogin } from './logins/present-login.ts';
import { createRefreshCookie } from './logins/refresh-cookie.ts';
import { passwordRoutes } from './passwords/password-routes.ts';
import { profileRoutes } from './profile-routes.ts';
import { registrationRoutes } from './registration-routes.ts';

export function accountRoutes(
  accounts: AccountServices,
  passport: Passport,
  publicUrl: string,
): Route[] {
  const { logins, profiles, registration } = accounts;
  const cookie = createRefreshCookie(publicUrl);
  const presentLogin = createPresentLogin(cookie);
  return [
    ...registrationRoutes(registration, presentLogin),
    ...passwordRoutes({ logins, passport, presentLogin }),
    ...loginRoutes({ logins, profiles, cookie, presentLogin }),
    ...profileRoutes(profiles),
  ];
}
