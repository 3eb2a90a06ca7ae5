import type { Request, Response } from 'express';
import type { z } from 'zod';
import { presentUser } from '../present-user.ts';
import type { Login, LoginRecord } from './login.ts';
import type { LoginAttempt } from './login-log-store.ts';
import type { liveLoginSchema, loginAttemptSchema, loginSchema } from './login-schemas.ts';
import type { RefreshCookie } from './refresh-cookie.ts';

/** Turns a login into its reply; for a web page the refresh token goes into the cookie instead. */
export type PresentLogin = (
  login: Login,
  exchange: { request: Request; response: Response },
) => z.input<typeof loginSchema>;

export function createPresentLogin(cookie: RefreshCookie): PresentLogin {
  return (login, { request, response }) => ({
    user: presentUser(login.user),
    accessToken: login.accessToken,
    ...cookie.handOver(login, request, response),
    expiresIn: login.expiresIn,
  });
}

export function presentLiveLogin(
  login: LoginRecord,
  currentId: string,
): z.input<typeof liveLoginSchema> {
  return {
    id: login.id,
    method: login.method,
    agent: login.agent,
    address: login.address,
    createdAt: login.createdAt.toISOString(),
    lastUsedAt: login.lastUsedAt.toISOString(),
    current: login.id === currentId,
  };
}

export function presentLoginAttempt(attempt: LoginAttempt): z.input<typeof loginAttemptSchema> {
  return { ...attempt, at: attempt.at.toISOString() };
}
