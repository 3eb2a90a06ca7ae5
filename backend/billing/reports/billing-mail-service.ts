import type { Transact } from '../../platform/database/transact.ts';
import type { BillingMail, BillingMails, StatementMails, WrittenMail } from './billing-mail.ts';
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
    statements: Pick<StatementStore, 'addressOf' | 'of'>;
    balances: { read(userId: string): Promise<{ balance: number }> };
  };
  transact: Transact<BillingMailStores>;
  mails: StatementMails;
  lowBalanceTokens: number;
  publicUrl: string;
}): BillingMailService {
  const { stores, transact, mails, lowBalanceTokens, publicUrl } = parts;

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
    const { balance } = await stores.balances.read(mail.userId);
    return balance < lowBalanceTokens ? lowBalanceMail(balance, publicUrl) : undefined;
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
      const to = await stores.statements.addressOf(mail.userId);
      const written = to === undefined ? undefined : await write(mail);
      if (to !== undefined && written) await mails.send({ ...written, to }, signal);
    },
  };
}

/** Within the transaction that settles an answer: a mail, once until tokens come in again. */
export async function noticeLowBalance(
  userId: string,
  { statements, billingMails }: BillingMailStores,
): Promise<void> {
  if (await statements.noteLowBalance(userId)) {
    await billingMails.request({ kind: 'low_balance', userId });
  }
}
