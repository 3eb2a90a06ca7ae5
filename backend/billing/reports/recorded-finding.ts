import type { BillingMails } from './billing-mail.ts';
import type { Finding } from './reconciliation.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';

export interface FindingStores {
  reconciliations: Pick<ReconciliationStore, 'record' | 'administrators'>;
  billingMails: BillingMails;
}

/** Within a transaction: writes a finding down, and has all administrators told where it is bad. */
export async function recordFinding(
  { reconciliations, billingMails }: FindingStores,
  day: string,
  finding: Finding,
): Promise<void> {
  const reconciliationId = await reconciliations.record(day, finding);
  if (finding.sound) return;
  for (const userId of await reconciliations.administrators()) {
    await billingMails.request({ kind: 'books_differ', userId, reconciliationId });
  }
}
