/** A line of a day's bill: a payment, or a refund of one. */
export interface BillEntry {
  kind: 'payment' | 'refund';
  tradeNo: string;
  transactionId: string;
  /** Of the payment, or of what goes back. */
  amountFen: number;
  refundNo: string | null;
}

const COLUMNS = {
  state: '交易状态',
  tradeNo: '商户订单号',
  transactionId: '微信订单号',
  amount: '订单金额',
  refundNo: '商户退款单号',
  refundAmount: '申请退款金额',
} as const;

/** Each cell begins with a grave accent, so that spreadsheets leave long numbers alone. */
const SEPARATOR = ',`';

/**
 * The bill of all kinds of trade (`bill_type=ALL`): a heading, a line for each, and two lines of sums.
 * https://pay.weixin.qq.com/doc/v3
 */
export function parseTradeBill(csv: string): BillEntry[] {
  const lines = csv
    .replace(/^\ufeff/, '')
    .split(/\r?\n/)
    .filter((line) => line !== '');
  const heading = lines[0]?.split(',') ?? [];
  const column = (name: string) => {
    const at = heading.indexOf(name);
    if (at < 0) throw new Error(`the bill has no column ${name}`);
    return at;
  };
  const at = {
    state: column(COLUMNS.state),
    tradeNo: column(COLUMNS.tradeNo),
    transactionId: column(COLUMNS.transactionId),
    amount: column(COLUMNS.amount),
    refundNo: column(COLUMNS.refundNo),
    refundAmount: column(COLUMNS.refundAmount),
  };
  const sums = lines.findIndex((line) => line.startsWith('总交易单数'));
  return lines.slice(1, sums < 0 ? undefined : sums).map((line) => {
    const cells = line.replace(/^`/, '').split(SEPARATOR);
    // The name of the goods is the only cell that could hold a separator: it would shift the rest.
    if (cells.length !== heading.length) throw new Error('a line of the bill has too many cells');
    const cell = (index: number) => cells[index]?.trim() ?? '';
    const isRefund = cell(at.state) === 'REFUND';
    return {
      kind: isRefund ? 'refund' : 'payment',
      tradeNo: cell(at.tradeNo),
      transactionId: cell(at.transactionId),
      amountFen: toFen(cell(isRefund ? at.refundAmount : at.amount)),
      refundNo: isRefund ? cell(at.refundNo) : null,
    };
  });
}

/** `12.30` yuan, without a detour over fractions that a computer cannot write. */
export function toFen(yuan: string): number {
  const match = /^(\d{1,12})(?:\.(\d{1,2}))?$/.exec(yuan);
  if (!match) throw new Error(`${yuan} is no amount of yuan`);
  return Number(match[1]) * 100 + Number((match[2] ?? '').padEnd(2, '0'));
}
