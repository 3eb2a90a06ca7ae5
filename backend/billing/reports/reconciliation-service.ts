import { type Page, toPage } from '../../http/paging.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { beijingClock } from '../beijing-time.ts';
import {
  judgeLedger,
  judgeUsage,
  type Reconciliation,
  type ReconciliationKind,
} from './reconciliation.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';
import { hourOf } from './usage.ts';
import type { UsageService } from './usage-service.ts';
import type { UsageStore } from './usage-store.ts';

export interface ReconciliationService {
  /**
   * Compares the kept balances, the reservations and what was used with the ledger, writes down what
   * it found, and raises the alarm (a line of the log at `error`) where something does not agree.
   * Sums of hours that are wrong are made again; anything else is for people to look at.
   */
  reconcile(now?: Date): Promise<void>;
  page(
    page: { limit: number; before: readonly [string, string] | undefined },
    kind?: ReconciliationKind,
  ): Promise<Page<Reconciliation>>;
}

export function createReconciliationService(parts: {
  store: ReconciliationStore;
  usage: Pick<UsageService, 'rollUp'>;
  transact: Transact<{ usage: UsageStore }>;
  logger: Logger;
}): ReconciliationService {
  const { store, usage, transact, logger } = parts;
  return {
    async reconcile(now = new Date()) {
      await usage.rollUp(now);
      const reading = await store.read(hourOf(now));
      const day = beijingClock(now).toISOString().slice(0, 10);
      for (const finding of [judgeLedger(reading.ledger), judgeUsage(reading.usage)]) {
        await store.record(day, finding);
        const { kind, sound, detail } = finding;
        if (!sound) logger.error({ kind, detail }, 'the books do not agree');
      }
      const [firstWrong] = reading.usage.hours;
      if (!firstWrong) return;
      const period = { from: firstWrong, to: hourOf(now) };
      await transact((stores) => stores.usage.rollUp(period));
    },
    async page({ limit, before }, kind) {
      const rows = await store.page({ limit: limit + 1, before, kind });
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },
  };
}
