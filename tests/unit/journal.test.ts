import fc from 'fast-check';
import { effectOf, journals } from '../../backend/billing/ledger/journal.ts';

const about = { userId: 'learner', reference: 'once', reason: '测试' };
const tokens = fc.integer({ min: 0, max: 2_000_000_000 });

/** What an account of a journal gains. */
function gainOf(journal: ReturnType<typeof journals.grant>, account: string): number {
  return journal.legs
    .filter((leg) => leg.account === account)
    .reduce((sum, { amount }) => sum + amount, 0);
}

describe('a journal', () => {
  it('sums to zero and has no empty leg, whatever it is for', () => {
    const signed = fc.integer({ min: -2_000_000_000, max: 2_000_000_000 });
    fc.assert(
      fc.property(tokens, tokens, signed, (amount, other, either) => {
        const all = [
          journals.grant(amount, about),
          journals.recharge(amount, about),
          journals.consume(amount, about),
          journals.refund(amount, about),
          journals.adjust(either, about),
          journals.reserve(amount, about),
          journals.settle(Math.max(amount, other), Math.min(amount, other), about),
          journals.release(amount, about),
        ];
        for (const { legs } of all) {
          expect(legs.reduce((sum, leg) => sum + leg.amount, 0)).toBe(0);
          expect(legs.filter(({ amount: gain }) => gain === 0)).toEqual([]);
        }
      }),
    );
  });

  it('takes no fractions and nothing beyond what is counted exactly', () => {
    for (const amount of [0.5, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53]) {
      expect(() => journals.grant(amount, about)).toThrow(RangeError);
    }
  });

  it('says what it does to its user', () => {
    expect(effectOf(journals.recharge(300, about))).toEqual({ balance: 300, held: 0 });
    expect(effectOf(journals.reserve(300, about))).toEqual({ balance: 0, held: 300 });
    expect(effectOf(journals.settle(300, 120, about))).toEqual({ balance: -120, held: -300 });
    expect(effectOf(journals.release(300, about))).toEqual({ balance: 0, held: -300 });
    expect(effectOf(journals.adjust(-5, about))).toEqual({ balance: -5, held: 0 });
  });

  it('books each kind against the account it belongs to', () => {
    expect(gainOf(journals.grant(7, about), 'grants')).toBe(-7);
    expect(gainOf(journals.recharge(7, about), 'recharge_clearing')).toBe(-7);
    expect(gainOf(journals.refund(7, about), 'recharge_clearing')).toBe(7);
    expect(gainOf(journals.consume(7, about), 'revenue')).toBe(7);
    expect(gainOf(journals.settle(10, 7, about), 'revenue')).toBe(7);
    expect(gainOf(journals.adjust(-7, about), 'adjustments')).toBe(7);
  });
});
