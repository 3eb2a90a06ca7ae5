import type { Transact } from '../../platform/database/transact.ts';
import type { BillingMail, BillingMails, StatementMails, WrittenMail } from './billing-mail.ts';
import { booksDifferMail } from './books-mail.ts';
import type { LowBalance } from './low-balance.ts';
import type { ReconciliationStore } from './reconciliation-store.ts';
import { lowBalanceMail, monthBefore, statementMail } from './statement.ts';
import type { StatementStore } from './statement-store.ts';

export interface BillingMailStores {
  statements: StatementStore;
  billingMails: BillingMails;
}

export interface BillingMailService {
  /** Asks for a statement of the month before to everybody who used something in it; once each. */
  requestStatements(signal?: AbortSignal, now?: Date): Promise<number>;
  /** Writes a mail and sends it; what has become pointless meanwhile is not sent. */
  deliver(mail: BillingMail, signal?: AbortSignal): Promise<void>;
}

const AT_ONCE = 200;

export function createBillingMailService(parts: {
  stores: {
    statements: Pick<StatementStore, 'addressOf' | 'of' | 'forgetLowBalance'>;
    lowBalance: Pick<LowBalance, 'read'>;
    reconciliations: Pick<ReconciliationStore, 'byId' | 'administratorAddress'>;
  };
  transact: Transact<BillingMailStores>;
  mails: StatementMails;
  publicUrl: string;
}): BillingMailService {
  const { stores, transact, mails, publicUrl } = parts;

  const requestSome = (month: string) =>
    transact(async ({ statements, billingMails }) => {
      const due = await statements.noteDue(month, AT_ONCE);
      for (const userId of due) {
        await billingMails.request({ kind: 'monthly_statement', userId, month });
      }
      return due.length;
    });

  async function write(mail: BillingMail): Promise<Omit<WrittenMail, 'to'> | undefined> {
    if (mail.kind === 'monthly_statement') {
      return statementMail(await stores.statements.of(mail.userId, mail.month), publicUrl);
    }
    if (mail.kind === 'books_differ') {
      const found = await stores.reconciliations.byId(mail.reconciliationId);
      return found?.acknowledgedAt === null ? booksDifferMail(found, publicUrl) : undefined;
    }
    const reading = await stores.lowBalance.read(mail.userId, mail.needed);
    if (reading.isLow) return lowBalanceMail(reading, publicUrl);
    // What was set aside for an answer came back, or more was bought: the next time counts anew.
    await stores.statements.forgetLowBalance(mail.userId);
    return undefined;
  }

  return {
    async requestStatements(signal, now = new Date()) {
      const month = monthBefore(now);
      let requested = 0;
      for (;;) {
        signal?.throwIfAborted();
        const some = await requestSome(month);
        requested += some;
        if (some === 0) return requested;
      }
    },
    async deliver(mail, signal) {
      // An administrator is told also without wanting mails about the own balance.
      const to = await (mail.kind === 'books_differ'
        ? stores.reconciliations.administratorAddress(mail.userId)
        : stores.statements.addressOf(mail.userId));
      const written = to === undefined ? undefined : await write(mail);
      if (to !== undefined && written) await mails.send({ ...written, to }, signal);
    },
  };
}
