import type { RequestHandler } from 'express';
import {
  type RateLimiterAbstract,
  RateLimiterMemory,
  RateLimiterRedis,
  RateLimiterRes,
} from 'rate-limiter-flexible';
import type { Config } from '../config.ts';
import { AppError } from '../errors.ts';
import type { Platform } from '../platform/platform.ts';
import { addressGroup, callerOf } from './caller.ts';

export type RateClass =
  | 'guest'
  | 'register'
  | 'login'
  | 'mail'
  | 'question'
  | 'library'
  /** What payment providers send: from a few addresses, in bursts, and never to be turned away. */
  | 'notice'
  | 'others';

export type RateLimit = (rateClass: RateClass) => RequestHandler;

interface Budget {
  points: number;
  /** Seconds. */
  duration: number;
  /** A token does not buy a budget of its own: who tries to get in is counted by address. */
  byAddressOnly: boolean;
}

/** Far more than any site sells; only a flood is more. */
const NOTICES_PER_MINUTE = 60_000;
/** So many accounts behind one address (a school, a mobile carrier) may each use their budget up. */
const ACCOUNTS_PER_ADDRESS = 20;

function budgetsOf(limits: Config['rateLimits']): Record<RateClass, Budget> {
  const perMinute = (points: number) => ({ points, duration: 60 });
  const perHour = (points: number) => ({ points, duration: 3600 });
  return {
    guest: { ...perHour(limits.guestsPerHour), byAddressOnly: true },
    register: { ...perHour(limits.registrationsPerHour), byAddressOnly: true },
    login: { ...perMinute(limits.loginsPerMinute), byAddressOnly: true },
    mail: { ...perHour(limits.mailsPerHour), byAddressOnly: true },
    question: { ...perMinute(limits.questionsPerMinute), byAddressOnly: false },
    library: { ...perMinute(limits.libraryPerMinute), byAddressOnly: false },
    notice: { ...perMinute(NOTICES_PER_MINUTE), byAddressOnly: true },
    others: { ...perMinute(limits.othersPerMinute), byAddressOnly: false },
  };
}

/**
 * Counts per class: by address, and by account where one is known. Counters live in Redis when there
 * is one; when Redis is away each process counts for itself (`insuranceLimiter`) instead of refusing.
 */
export function createRateLimit(
  limits: Config['rateLimits'],
  counters: Platform['rateCounters'],
): RateLimit {
  if (limits.disabled) return () => (_request, _response, next) => next();
  const budgets = budgetsOf(limits);
  const limiter = (name: string, points: number, duration: number) =>
    createLimiter(counters, { name, points, duration });
  return (rateClass) => {
    const { points, duration, byAddressOnly } = budgets[rateClass];
    const single = limiter(rateClass, points, duration);
    const crowd = limiter(`${rateClass}:address`, points * ACCOUNTS_PER_ADDRESS, duration);
    return async (request, response, next) => {
      const address = addressGroup(callerOf(request).address);
      const account: string | undefined = response.locals.identity?.userId;
      if (account === undefined || byAddressOnly) {
        await consume(single, address);
      } else {
        await consume(single, account);
        await consume(crowd, address);
      }
      next();
    };
  };
}

function createLimiter(
  counters: Platform['rateCounters'],
  { name, points, duration }: { name: string; points: number; duration: number },
): RateLimiterAbstract {
  const options = { points, duration, keyPrefix: `${counters?.prefix ?? ''}:rate:${name}` };
  const insuranceLimiter = new RateLimiterMemory(options);
  if (!counters) return insuranceLimiter;
  const { redis: storeClient } = counters;
  // Not ready means away: no caller waits for a command to time out.
  const away = { insuranceLimiter, rejectIfRedisNotReady: true };
  return new RateLimiterRedis({ ...options, ...away, storeClient });
}

/** Counts what went wrong, not what was asked: who is right is never slowed down. */
export interface MistakeLimit {
  /** Throws 429 when there were too many of somebody lately. */
  check(key: string): Promise<void>;
  count(key: string): Promise<void>;
}

export function createMistakeLimit(
  /** At most so many `mistakes` in `seconds`. */
  allowed: { name: string; mistakes: number; seconds: number },
  limits: Pick<Config['rateLimits'], 'disabled'>,
  counters: Platform['rateCounters'],
): MistakeLimit {
  const { name, mistakes: points, seconds: duration } = allowed;
  const limiter = createLimiter(counters, { name: `mistakes:${name}`, points, duration });
  return {
    async check(key) {
      const counted = limits.disabled ? null : await limiter.get(key);
      if (counted && counted.consumedPoints >= points) throw tooOften(counted);
    },
    async count(key) {
      if (!limits.disabled) await limiter.penalty(key);
    },
  };
}

async function consume(limiter: RateLimiterAbstract, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    throw tooOften(refusal);
  }
}

function tooOften({ msBeforeNext }: RateLimiterRes): AppError {
  const seconds = Math.max(1, Math.ceil(msBeforeNext / 1000));
  return new AppError(429, 'rate_limited', `请求太频繁，请 ${seconds} 秒后再试。`, {
    retryAfterSeconds: seconds,
  });
}
