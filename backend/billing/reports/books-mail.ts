import type { WrittenMail } from './billing-mail.ts';
import type { Reconciliation, ReconciliationKind } from './reconciliation.ts';

const NAMES: Record<ReconciliationKind, string> = {
  ledger: '账本',
  usage: '用量与账本',
  wechat_pay: '微信支付账单',
};

/** To an administrator. What differs is on the page only: a mail passes through strangers' servers. */
export function booksDifferMail(
  { kind, day }: Reconciliation,
  publicUrl: string,
): Omit<WrittenMail, 'to'> {
  const paragraphs = [
    '你好：',
    `${day} 的对账发现出入：${NAMES[kind]}。`,
    `请到概览页查看细目，看过之后点「知道了」：\n${new URL('/admin', publicUrl).href}`,
    '国学导师\n（这封邮件由程序发给管理员，请不要回复。）',
  ];
  const text = `${paragraphs.join('\n\n')}\n`;
  return { kind: 'books-differ', subject: `对账有出入：${NAMES[kind]}`, text };
}
