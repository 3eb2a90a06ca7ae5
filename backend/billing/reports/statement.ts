import type { TransactionType } from '../balance.ts';
import { beijingClock, beijingMidnight } from '../beijing-time.ts';
import type { WrittenMail } from './billing-mail.ts';

/** What came and went in a month, by kind; signed. */
export interface Statement {
  month: string;
  opening: number;
  changes: Partial<Record<TransactionType, number>>;
  closing: number;
  questions: number;
}

type Content = Omit<WrittenMail, 'to'>;

const CHANGES: Record<TransactionType, string> = {
  recharge: '充值',
  grant: '赠送',
  consume: '提问与服务',
  refund: '退款',
  adjust: '调整',
};

/** The months of Beijing's calendar have names like `2026-10`. */
export function monthBefore(now: Date): string {
  const clock = beijingClock(now);
  return beijingClock(beijingMidnight(clock.getUTCFullYear(), clock.getUTCMonth(), 0))
    .toISOString()
    .slice(0, 7);
}

export function periodOf(month: string): { from: Date; to: Date } {
  const [year = 0, number = 1] = month.split('-').map(Number);
  return { from: beijingMidnight(year, number - 1, 1), to: beijingMidnight(year, number, 1) };
}

const signed = (amount: number) => `${amount > 0 ? '+' : ''}${inWords(amount)}`;
const inWords = (amount: number) => amount.toLocaleString('en').replace('-', '−');

const FAREWELL = [
  '不想再收到这类邮件，可以在账号页关闭。',
  '国学导师\n（这封邮件由程序发出，请不要回复。）',
];

/** Nothing in it was typed by a person: a mail must not carry anybody's words under our name. */
export function statementMail(statement: Statement, publicUrl: string): Content {
  const { month, opening, changes, closing, questions } = statement;
  const name = monthInWords(month);
  const kinds = Object.keys(CHANGES) as TransactionType[];
  const lines = kinds.flatMap((kind) => {
    const amount = changes[kind] ?? 0;
    return amount === 0 ? [] : [`${CHANGES[kind]}：${signed(amount)}`];
  });
  const table = [`月初余额：${inWords(opening)}`, ...lines, `月末余额：${inWords(closing)}`];
  return {
    kind: 'monthly-statement',
    subject: `${name}词元账单`,
    text: letter(
      `这是你在国学导师${name}的词元账单（按北京时间）：`,
      table.join('\n'),
      `这个月你的提问得到了 ${inWords(questions)} 次回答。每一笔都可以在这里查看：`,
      publicUrl,
    ),
  };
}

/** `perQuestion`: what a short question sets aside; 0 where questions cost nothing. */
export function lowBalanceMail(
  { available, perQuestion }: { available: number; perQuestion: number },
  publicUrl: string,
): Content {
  const setAside = `每个问题要先预留一些词元，多退少补：高峰时段一般至少 ${inWords(perQuestion)} 个。`;
  const explained = perQuestion > 0 ? `${setAside}余下的不够预留时，就不能再提问了。` : '';
  return {
    kind: 'low-balance',
    subject: '词元余额不多了',
    text: letter(
      `你在国学导师现在可用的词元还有 ${inWords(available)} 个。${explained}`,
      '需要的话可以在这里充值；在下一次充值之前，我们不会再为此打扰你。',
      publicUrl,
    ),
  };
}

function letter(...paragraphs: string[]): string {
  return `${['你好：', ...paragraphs, ...FAREWELL].join('\n\n')}\n`;
}

function monthInWords(month: string): string {
  const [year, number] = month.split('-');
  return ` ${year} 年 ${Number(number)} 月`.trimStart();
}
