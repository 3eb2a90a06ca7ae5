import type { RequestHandler } from 'express';
import { RateLimiterMemory, RateLimiterRedis, RateLimiterRes } from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';

export type RateClass = 'guest' | 'login' | 'question' | 'library';

export type RateLimit = (rateClass: RateClass) => RequestHandler;

/**
 * Counts per class and address, or account where one is known. Counters live in Redis when there is
 * one; when Redis is away each process counts for itself (`insuranceLimiter`) instead of refusing.
 */
export function createRateLimit(
  limits: Config['rateLimits'],
  counters: Platform['rateCounters'],
): RateLimit {
  if (limits.disabled) return () => (_request, _response, next) => next();
  const budgets: Record<RateClass, { points: number; duration: number }> = {
    guest: { points: limits.guestsPerHour, duration: 3600 },
    login: { points: limits.loginsPerMinute, duration: 60 },
    question: { points: limits.questionsPerMinute, duration: 60 },
    library: { points: limits.libraryPerMinute, duration: 60 },
  };
  const limiterFor = (rateClass: RateClass) => {
    const keyPrefix = `${counters?.prefix ?? ''}:rate:${rateClass}`;
    const options = { ...budgets[rateClass], keyPrefix };
    const insuranceLimiter = new RateLimiterMemory(options);
    if (!counters) return insuranceLimiter;
    const { redis: storeClient } = counters;
    // Not ready means away: no caller waits for a command to time out.
    const away = { insuranceLimiter, rejectIfRedisNotReady: true };
    return new RateLimiterRedis({ ...options, ...away, storeClient });
  };
  const limiters = {
    guest: limiterFor('guest'),
    login: limiterFor('login'),
    question: limiterFor('question'),
    library: limiterFor('library'),
  };
  return (rateClass) => async (request, response, next) => {
    const caller: string = response.locals.identity?.userId ?? request.ip ?? 'unknown';
    try {
      await limiters[rateClass].consume(caller);
      next();
    } catch (refusal) {
      if (!(refusal instanceof RateLimiterRes)) throw refusal;
      const seconds = Math.max(1, Math.ceil(refusal.msBeforeNext / 1000));
      throw new AppError(429, 'rate_limited', `请求太频繁，请 ${seconds} 秒后再试。`, {
        retryAfterSeconds: seconds,
      });
    }
  };
}
