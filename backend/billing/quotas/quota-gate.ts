import { z } from 'zod';
import type { Cache } from '../../platform/cache/cache.ts';
import { quotaFor, quotaPeriods } from '../balance.ts';
import type { QuotaSources } from './question-quota.ts';
import { QuotaExceeded, refusalOf } from './quota.ts';

/**
 * Refuses early whom the database has refused before, so that somebody who goes on knocking costs no
 * transaction. What all processes share in the cache are counts that once were true; as they only
 * grow within their day and month, one that is old refuses nobody wrongly, and a cache that forgot or
 * is away only means that the database decides. Answers that were being written are no part of them:
 * one that fails gives its place back. The limits are asked for anew each time: whoever buys a plan
 * gets in at once.
 */
export interface QuotaGate {
  pass<Result>(userId: string, work: () => Promise<Result>): Promise<Result>;
}

const usageSchema = z.object({
  answeredToday: z.int(),
  failedToday: z.int(),
  tokensThisMonth: z.int(),
});
const NOTHING_UNDER_WAY = { answers: 0, tokens: 0 };

export function createQuotaGate(parts: { cache: Cache; sources: QuotaSources }): QuotaGate {
  const { cache, sources } = parts;
  const keyOf = (userId: string, day: Date) => `quota:${day.toISOString()}:${userId}`;

  async function knownRefusal(userId: string): Promise<QuotaExceeded | undefined> {
    const now = new Date();
    const kept = usageSchema.safeParse(await cache.get(keyOf(userId, quotaPeriods(now).day)));
    if (!kept.success) return undefined;
    return refusalOf(quotaFor(await sources.planOf(userId)), kept.data, NOTHING_UNDER_WAY, now);
  }

  return {
    async pass(userId, work) {
      const before = new Date();
      const known = await knownRefusal(userId);
      if (known) throw known;
      try {
        return await work();
      } catch (error) {
        if (error instanceof QuotaExceeded) {
          // Counted at or after `before`: should midnight lie between, the old day's key is harmless.
          const { day, dayEnds } = quotaPeriods(before);
          const seconds = (dayEnds.getTime() - Date.now()) / 1000;
          await cache.set(keyOf(userId, day), error.usage, seconds);
        }
        throw error;
      }
    },
  };
}
