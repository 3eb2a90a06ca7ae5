import fc from 'fast-check';
import { billedDays } from '../../backend/billing/recharge/payment-reconciliation.ts';
import { parseTradeBill, toFen } from '../../backend/billing/wechat-pay/trade-bill.ts';
import { tradeBillCsv } from '../support/wechat-pay-protocol.ts';

describe('a bill of WeChat Pay', () => {
  const payment = { tradeNo: 'gx1', transactionId: '42001', amountFen: 2_000 };
  const refund = { ...payment, refundNo: 'rf1', refundFen: 1_001 };

  it('is read line by line, without its sums', () => {
    expect(parseTradeBill(tradeBillCsv([payment, refund]))).toEqual([
      { kind: 'payment', ...payment, refundNo: null },
      {
        ...{ kind: 'refund', tradeNo: 'gx1', transactionId: '42001' },
        ...{ amountFen: 1_001, refundNo: 'rf1' },
      },
    ]);
    expect(parseTradeBill(tradeBillCsv([]))).toEqual([]);
    expect(parseTradeBill(tradeBillCsv([payment]).replace('\ufeff', ''))).toHaveLength(1);
  });

  it('with another shape than described is not guessed at', () => {
    const csv = tradeBillCsv([payment]);
    for (const broken of [
      '',
      'an error page',
      csv.replace('商户订单号', '订单'),
      csv.replace('勤学', '勤,`学'),
      csv.replace('20.00', '二十'),
    ]) {
      expect(() => parseTradeBill(broken)).toThrow();
    }
  });

  it('counts in yuan what we count in fen, to the fen', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 2_000_000_000 }), (fen) => {
        const yuan = `${Math.floor(fen / 100)}.${String(fen % 100).padStart(2, '0')}`;
        return toFen(yuan) === fen;
      }),
    );
    expect([toFen('6'), toFen('6.5'), toFen('0.29'), toFen('1.15')]).toEqual([600, 650, 29, 115]);
    for (const wrong of ['', '-1.00', '1.234', '1e3', '1,000.00', '.5']) {
      expect(() => toFen(wrong)).toThrow();
    }
  });

  it('is asked for from half past ten in Beijing on, for the days of a week', () => {
    const before = billedDays(new Date('2026-11-21T02:29:59Z'));
    const after = billedDays(new Date('2026-11-21T02:30:00Z'));
    expect([before.length, after.length]).toEqual([7, 7]);
    expect([before[0], before.at(-1)]).toEqual(['2026-11-13', '2026-11-19']);
    expect([after[0], after.at(-1)]).toEqual(['2026-11-14', '2026-11-20']);
    // Where it is Saturday already.
    expect(billedDays(new Date('2026-11-20T17:00:00Z')).at(-1)).toBe('2026-11-19');
  });
});
