import type { Administrator, AuditTrail } from '../../audit-trail.ts';
import { AppError } from '../../errors.ts';
import { type Page, toPage } from '../../http/paging.ts';
import type { Logger } from '../../logger.ts';
import type { Transact } from '../../platform/database/transact.ts';
import { deedOf } from '../audit-trail.ts';
import { beijingClock } from '../beijing-time.ts';
import type { FlowStore } from './flow-store.ts';
import { judgeLedger, judgeUsage, type Reconciliation } from './reconciliation.ts';
import type { ReconciliationFilter, ReconciliationStore } from './reconciliation-store.ts';
import { type FindingStores, recordFinding } from './recorded-finding.ts';
import { hourOf } from './usage.ts';
import type { UsageService } from './usage-service.ts';
import type { UsageStore } from './usage-store.ts';

export interface ReconciliationService {
  /**
   * Compares the kept balances, the reservations, orders, refunds and what was used with the ledger,
   * writes down what it found, and raises the alarm (a line of the log at `error`, a mail to the
   * administrators) where something does not agree. Sums of hours that are wrong are made again, once
   * they were seen; anything else is for people to look at.
   */
  reconcile(now?: Date): Promise<void>;
  page(
    page: { limit: number; before: readonly [string, string] | undefined },
    filter?: ReconciliationFilter,
  ): Promise<Page<Reconciliation>>;
  /** An administrator has taken note of a difference, and of those of its kind before it. */
  acknowledge(by: Administrator, id: string): Promise<Reconciliation>;
  /** How many differences nobody has taken note of. */
  alarms(): Promise<number>;
}

export interface ReconciliationStores extends FindingStores {
  usage: Pick<UsageStore, 'rollUp'>;
  flows: Pick<FlowStore, 'rollUp'>;
  reconciliations: ReconciliationStore;
  audit: AuditTrail;
}

export function createReconciliationService(parts: {
  store: ReconciliationStore;
  usage: Pick<UsageService, 'rollUp'>;
  transact: Transact<ReconciliationStores>;
  logger: Logger;
}): ReconciliationService {
  const { store, usage, transact, logger } = parts;

  async function sumUpAgain(wrong: { usage: Date[]; flows: Date[] }, to: Date): Promise<void> {
    const [used, flowed] = [wrong.usage[0], wrong.flows[0]];
    if (used) await transact((stores) => stores.usage.rollUp({ from: used, to }));
    if (flowed) await transact((stores) => stores.flows.rollUp({ from: flowed, to }));
  }

  return {
    async reconcile(now = new Date()) {
      const currentHour = hourOf(now);
      const reading = await store.read(currentHour);
      const day = beijingClock(now).toISOString().slice(0, 10);
      const findings = [judgeLedger(reading.ledger), judgeUsage(reading.usage)];
      for (const finding of findings) {
        await transact((stores) => recordFinding(stores, day, finding));
        const { kind, sound, detail } = finding;
        if (!sound) logger.error({ kind, detail }, 'the books do not agree');
      }
      const wrong = { usage: reading.usage.hours, flows: reading.ledger.flowHours };
      await sumUpAgain(wrong, currentHour);
      await usage.rollUp(now);
    },
    async page({ limit, before }, filter) {
      const rows = await store.page({ limit: limit + 1, before }, filter);
      return toPage(rows, limit, (row) => [row.createdAt.toISOString(), row.id]);
    },
    acknowledge: (by, id) =>
      transact(async ({ reconciliations, audit }) => {
        const found = await reconciliations.byId(id);
        if (!found) throw new AppError(404, 'not_found', '没有这次对账。');
        const count = await reconciliations.acknowledge(found, by.userId);
        const detail = { kind: found.kind, day: found.day, count };
        const target = { targetType: 'reconciliation', targetId: id, detail };
        if (count > 0) await audit.record(deedOf(by, 'reconciliation.acknowledge', target));
        return (await reconciliations.byId(id)) ?? found;
      }),
    alarms: () => store.alarms(),
  };
}
