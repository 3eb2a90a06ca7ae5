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
  /** What readers found wrong: each is for a person to look at. */
  | 'report'
  /** What payment providers send: from a few addresses, in bursts, and never to be turned away. */
  | 'notice'
  | 'others';

export type RateLimit = (rateClass: RateClass) => RequestHandler;

/** Counts one call of somebody; throws 429 when there were too many. */
export type CallCount = (
  rateClass: RateClass,
  who: { address: string; account: string | undefined },
) => Promise<void>;

interface Budget {
  points: number;
  /** Seconds. */
  duration: number;
  /** A token does not buy a budget of its own: who tries to get in is counted by address. */
  byAddressOnly: boolean;
}

/** Far more than any site sells; only a flood is more. */
const NOTICES_PER_MINUTE = 60_000;
const REPORTS_PER_HOUR = 20;
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
    report: { ...perHour(REPORTS_PER_HOUR), byAddressOnly: false },
    notice: { ...perMinute(NOTICES_PER_MINUTE), byAddressOnly: true },
    others: { ...perMinute(limits.othersPerMinute), byAddressOnly: false },
  };
}

/**
 * Counts per class, by whatever way a call comes: by address, and by account where one is known.
 * Counters live in Redis when there is one; when Redis is away each process counts for itself
 * (`insuranceLimiter`) instead of refusing.
 */
export function createCallCount(
  limits: Config['rateLimits'],
  counters: Platform['rateCounters'],
): CallCount {
  if (limits.disabled) return async () => undefined;
  const budgets = budgetsOf(limits);
  const known = new Map<RateClass, { single: RateLimiterAbstract; crowd: RateLimiterAbstract }>();
  // One pair for a class, or every route would have a budget of its own where there is no Redis.
  function limitersOf(rateClass: RateClass) {
    const { points, duration } = budgets[rateClass];
    const crowd = { name: `${rateClass}:address`, points: points * ACCOUNTS_PER_ADDRESS, duration };
    return {
      single: createLimiter(counters, { name: rateClass, points, duration }),
      crowd: createLimiter(counters, crowd),
    };
  }
  return async (rateClass, who) => {
    const { single, crowd } = known.get(rateClass) ?? limitersOf(rateClass);
    known.set(rateClass, { single, crowd });
    const address = addressGroup(who.address);
    if (who.account === undefined || budgets[rateClass].byAddressOnly) {
      await consume(single, address);
      return;
    }
    await consume(single, who.account);
    await consume(crowd, address);
  };
}

export function createRateLimit(count: CallCount): RateLimit {
  return (rateClass) => async (request, response, next) => {
    const account: string | undefined = response.locals.identity?.userId;
    await count(rateClass, { address: callerOf(request).address, account });
    next();
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
  begin(key: string): Promise<Attempt>;
}

/** Counts as a mistake from its beginning, so that of many at once no more are made than one by one. */
export interface Attempt {
  /** It was none. */
  forgive(): Promise<void>;
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
    async begin(key) {
      if (limits.disabled) return { forgive: async () => undefined };
      await consume(limiter, key);
      return {
        async forgive() {
          await limiter.reward(key);
        },
      };
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
