import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import type { LowBalance } from '../reports/low-balance.ts';
import { InsufficientBalance } from './insufficient-balance.ts';

/**
 * Around the acceptance of a question. Whoever is refused for want of tokens spends none any more, so
 * nothing else would tell them; and what the refusing transaction wrote is gone with it.
 */
export interface Shortages {
  watch<Result>(userId: string, work: () => Promise<Result>): Promise<Result>;
}

export function createShortages(
  transact: Transact<{ lowBalance: Pick<LowBalance, 'watch'> }>,
  logger: Logger,
): Shortages {
  return {
    async watch(userId, work) {
      try {
        return await work();
      } catch (error) {
        if (error instanceof InsufficientBalance) {
          const { needed } = error;
          await transact(({ lowBalance }) => lowBalance.watch(userId, needed)).catch(
            (err: unknown) => logger.warn({ err }, 'nobody was told of a low balance'),
          );
        }
        throw error;
      }
    },
  };
}
