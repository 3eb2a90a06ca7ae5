import fc from 'fast-check';
import { refundNoFor, tokensFor } from '../../backend/billing/recharge/refund.ts';

describe('tokens that go back with money', () => {
  const order = fc.record({
    amountFen: fc.integer({ min: 1, max: 2_000_000_000 }),
    tokens: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
  });

  it('sum up to the order, however it is cut, and are never more than their share', () => {
    const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 });
    fc.assert(
      fc.property(order, cuts, (bought, shares) => {
        const soFar = { amountFen: 0, tokens: 0 };
        const left = () => bought.amountFen - soFar.amountFen;
        const amounts = shares.map((share) => () => Math.floor(left() * share));
        for (const amount of [...amounts, left]) {
          const amountFen = amount();
          const tokens = tokensFor(bought, soFar, amountFen);
          expect(tokens).toBeGreaterThanOrEqual(0);
          soFar.amountFen += amountFen;
          soFar.tokens += tokens;
          const share =
            (BigInt(bought.tokens) * BigInt(soFar.amountFen)) / BigInt(bought.amountFen);
          expect(BigInt(soFar.tokens)).toBe(share);
        }
        expect(soFar.tokens).toBe(bought.tokens);
      }),
    );
  });

  it('go by a number that the key decides, and nobody else', () => {
    expect(refundNoFor('a', 'k')).toBe(refundNoFor('a', 'k'));
    const others = [refundNoFor('a', 'l'), refundNoFor('b', 'k')];
    expect(new Set([refundNoFor('a', 'k'), ...others]).size).toBe(3);
    for (const number of others) expect(number).toMatch(/^rf[0-9a-f]{30}$/);
  });
});
