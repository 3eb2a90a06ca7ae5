import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { stringify } from 'csv-stringify';
import type { Response } from 'express';
import type { BalanceTransaction, TransactionType } from './balance.ts';
import { beijingClock } from './beijing-time.ts';

const TYPES: Record<TransactionType, string> = {
  grant: '赠送',
  recharge: '充值',
  consume: '使用',
  refund: '退款',
  adjust: '调整',
};

const COLUMNS = ['时间（北京）', '类型', '数量', '余额', '说明', '编号'];

/**
 * Sends transactions as a table that Excel reads as UTF-8, at the pace the client reads. Words come
 * from people: what a spreadsheet would take for a formula is made text (OWASP, CSV injection).
 */
export async function sendTransactionCsv(
  response: Response,
  transactions: AsyncIterable<BalanceTransaction>,
): Promise<void> {
  response.set({
    'Content-Type': 'text/csv; charset=utf-8',
    'Content-Disposition': 'attachment; filename="transactions.csv"',
    'Cache-Control': 'no-store',
  });
  const table = stringify({
    bom: true,
    header: true,
    columns: COLUMNS,
    record_delimiter: 'windows',
    escape_formulas: true,
  });
  try {
    await pipeline(Readable.from(recordsOf(transactions)), table, response);
  } catch (error) {
    if (!clientLeft(error)) throw error;
  }
}

async function* recordsOf(transactions: AsyncIterable<BalanceTransaction>) {
  for await (const { id, type, amount, balanceAfter, reason, createdAt } of transactions) {
    const time = beijingClock(createdAt).toISOString().slice(0, 19).replace('T', ' ');
    yield [time, TYPES[type], amount, balanceAfter, reason, id];
  }
}

function clientLeft(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_STREAM_PREMATURE_CLOSE';
}
