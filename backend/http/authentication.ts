import type { Request, RequestHandler, Response } from 'express';
import type { Authenticator } from 'passport';
import { AppError } from '../errors.ts';
import { note } from '../platform/scope.ts';
import { type Access, type Identity, requirePermission } from './permissions.ts';

/** The part of passport that is used here. */
export type Passport = Pick<Authenticator, 'authenticate'>;

/** What a passport strategy decided: somebody, or why nobody. */
export interface Verdict<Who> {
  who: Who | undefined;
  reason: Error | undefined;
}

/** Runs one passport strategy for one request, without sessions, as a promise. */
export function askStrategy<Who>(
  passport: Passport,
  strategy: string,
  request: Request,
  response: Response,
): Promise<Verdict<Who>> {
  return new Promise((resolve, reject) => {
    const decide = (error: unknown, who: Who | false | null | undefined, reason: unknown) => {
      if (error) reject(error);
      else resolve({ who: who || undefined, reason: reason instanceof Error ? reason : undefined });
    };
    passport.authenticate(strategy, { session: false }, decide)(request, response, reject);
  });
}

/** Who calls; throws when that is not known and has to be. */
async function identify(
  passport: Passport,
  access: Access,
  exchange: { request: Request; response: Response },
): Promise<Identity | undefined> {
  const { request, response } = exchange;
  if (access === 'open') return undefined;
  const hasToken = request.headers.authorization !== undefined;
  if (access === 'optional' && !hasToken) return undefined;
  const { who, reason } = await askStrategy<Identity>(passport, 'jwt', request, response);
  // A token that is over could be renewed, and its guest taken along; of any other nothing is left.
  if (!who && access === 'optional' && !isExpiry(reason)) return undefined;
  if (!who) throw refusal(reason);
  requirePermission(access, who.role);
  return who;
}

/**
 * Refuses whoever may not pass, and leaves the caller's identity in `response.locals.identity`. Who is
 * refused uses up the budget of his address (`count`), so that nobody tries tokens without end.
 */
export function authentication(
  passport: Passport,
  access: Access,
  count: RequestHandler,
): RequestHandler {
  return async (request, response, next) => {
    try {
      const identity = await identify(passport, access, { request, response });
      response.locals.identity = identity;
      if (identity) note({ userId: identity.userId });
    } catch (refused) {
      await count(request, response, () => undefined);
      throw refused;
    }
    next();
  };
}

/** The same for a token that comes by another way than the header of a request. */
export function tokenAuthentication(passport: Passport): (token: string) => Promise<Identity> {
  return async (token) => {
    // All that the strategy for access tokens looks at.
    const request = { headers: { authorization: `Bearer ${token}` } } as Request;
    const { who, reason } = await askStrategy<Identity>(passport, 'jwt', request, {} as Response);
    if (!who) throw refusal(reason);
    requirePermission('user', who.role);
    return who;
  };
}

function isExpiry(reason: Error | undefined): boolean {
  return reason?.name === 'TokenExpiredError';
}

function refusal(reason: Error | undefined): AppError {
  return isExpiry(reason)
    ? new AppError(401, 'token_expired', '登录已过期，请刷新令牌或重新登录。')
    : new AppError(401, 'unauthenticated', '请先登录。');
}
