import type { Request, RequestHandler, Response } from 'express';
import type { Authenticator } from 'passport';
import { AppError } from '../errors.ts';
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

/** Refuses whoever may not pass, and leaves the caller's identity in `response.locals.identity`. */
export function authentication(passport: Passport, access: Access): RequestHandler {
  return async (request, response, next) => {
    if (access === 'open') return next();
    const hasToken = request.headers.authorization !== undefined;
    if (access === 'optional' && !hasToken) return next();
    const { who, reason } = await askStrategy<Identity>(passport, 'jwt', request, response);
    if (!who) throw refusal(reason);
    requirePermission(access, who.role);
    response.locals.identity = who;
    next();
  };
}

function refusal(reason: Error | undefined): AppError {
  return reason?.name === 'TokenExpiredError'
    ? new AppError(401, 'token_expired', '登录已过期，请刷新令牌或重新登录。')
    : new AppError(401, 'unauthenticated', '请先登录。');
}
