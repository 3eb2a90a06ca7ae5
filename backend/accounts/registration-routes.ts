import { z } from 'zod';
import { callerOf } from '../http/caller.ts';
import type { Identity } from '../http/permissions.ts';
import { defineRoute, type Route } from '../http/route.ts';
import { registerBody } from './account-schemas.ts';
import { deviceOf } from './guest-device.ts';
import { loginSchema } from './logins/login-schemas.ts';
import type { PresentLogin } from './logins/present-login.ts';
import type { RegistrationService } from './registration-service.ts';

const tag = 'accounts';

/** Whose conversations come along when somebody logs in or signs up. */
export function guestOf(identity: Identity | undefined): string | undefined {
  return identity?.role === 'guest' ? identity.userId : undefined;
}

export function registrationRoutes(
  registration: RegistrationService,
  presentLogin: PresentLogin,
): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/auth/register',
      summary: 'Make an account; the sessions of a guest come along',
      tag,
      access: 'optional',
      rateClass: 'register',
      body: registerBody,
      data: loginSchema,
      status: 201,
      handle: async ({ body, identity, request, response }) => {
        const visit = { method: 'register', caller: callerOf(request) } as const;
        const login = await registration.register(body, visit, guestOf(identity));
        return presentLogin(login, { request, response });
      },
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
      handle: async ({ request, response }) => {
        const visit = { method: 'guest', caller: callerOf(request) } as const;
        const login = await registration.enterAsGuest(visit, deviceOf(request, response));
        return presentLogin(login, { request, response });
      },
    }),
  ];
}
