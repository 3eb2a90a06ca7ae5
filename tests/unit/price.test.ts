import fc from 'fast-check';
import {
  ANY_MODEL,
  affordableExtent,
  affordableOutput,
  costOf,
  type Price,
  priceAt,
  type Rates,
} from '../../backend/billing/prices/price.ts';

const rate = fc.integer({ min: 0, max: 1_000_000 });
/** As an administrator may set them: what is cached is never dearer. */
const someRates = fc
  .record({ cached: rate, prompt: rate, completion: rate })
  .map(({ cached, prompt, ...rest }) => ({
    cached: Math.min(cached, prompt),
    prompt: Math.max(cached, prompt),
    ...rest,
  }));
const count = fc.integer({ min: 0, max: 1_000_000 });
const someCounts = fc.record({ promptTokens: count, cachedTokens: count, completionTokens: count });
const rates = (cached: number, prompt: number, completion: number): Rates => ({
  cached,
  prompt,
  completion,
});

describe('the cost of an answer', () => {
  it.each([
    ['nothing', { promptTokens: 0, cachedTokens: 0, completionTokens: 0 }, 0],
    [
      'each kind by its own rate',
      { promptTokens: 3000, cachedTokens: 1000, completionTokens: 500 },
      3100,
    ],
    [
      'a part of a token as a whole one',
      { promptTokens: 1, cachedTokens: 1, completionTokens: 0 },
      1,
    ],
  ])('counts %s', (_, counts, cost) => {
    expect(costOf(rates(100, 1000, 2000), counts)).toBe(cost);
  });

  it('is a whole number, never less than nothing and never less than the sum of its parts', () => {
    fc.assert(
      fc.property(someRates, someCounts, (given, counts) => {
        const cost = costOf(given, counts);
        const cached = BigInt(Math.min(counts.cachedTokens, counts.promptTokens));
        const exact =
          cached * BigInt(given.cached) +
          (BigInt(counts.promptTokens) - cached) * BigInt(given.prompt) +
          BigInt(counts.completionTokens) * BigInt(given.completion);
        expect(Number.isSafeInteger(cost)).toBe(true);
        expect(cost).toBeGreaterThanOrEqual(0);
        expect(BigInt(cost)).toBe((exact + 999n) / 1000n);
      }),
    );
  });

  it('grows with every count and rate, and is least where most was cached', () => {
    fc.assert(
      fc.property(someRates, someCounts, count, (given, counts, more) => {
        const cost = costOf(given, counts);
        const { promptTokens, cachedTokens, completionTokens } = counts;
        expect(
          costOf(given, { ...counts, promptTokens: promptTokens + more }),
        ).toBeGreaterThanOrEqual(cost);
        expect(
          costOf(given, { ...counts, completionTokens: completionTokens + more }),
        ).toBeGreaterThanOrEqual(cost);
        expect(costOf(given, { ...counts, cachedTokens: cachedTokens + more })).toBeLessThanOrEqual(
          cost,
        );
        expect(
          costOf({ ...given, completion: given.completion + more }, counts),
        ).toBeGreaterThanOrEqual(cost);
      }),
    );
  });
});

describe('how long an answer may be', () => {
  const available = fc.integer({ min: 0, max: 1_000_000_000 });

  it('can be paid in full, and one token more could not', () => {
    fc.assert(
      fc.property(someRates, count, available, (given, promptTokens, tokens) => {
        const output = affordableOutput(given, promptTokens, tokens);
        const costFor = (completionTokens: number) =>
          costOf(given, { promptTokens, cachedTokens: 0, completionTokens });
        expect(output).toBeGreaterThanOrEqual(0);
        if (output > 0 && given.completion > 0) expect(costFor(output)).toBeLessThanOrEqual(tokens);
        if (given.completion > 0) expect(costFor(output + 1)).toBeGreaterThan(tokens);
        else expect(output > 0).toBe(costFor(0) <= tokens);
      }),
    );
  });

  it('never makes an answer dearer than what was set aside for it', () => {
    fc.assert(
      fc.property(someRates, someCounts, available, (given, counts, tokens) => {
        const { promptTokens, cachedTokens } = counts;
        const output = Math.min(5_000, affordableOutput(given, promptTokens, tokens));
        fc.pre(output > 0);
        const reserved = costOf(given, { promptTokens, cachedTokens: 0, completionTokens: output });
        const written = Math.min(counts.completionTokens, output);
        const cost = costOf(given, { promptTokens, cachedTokens, completionTokens: written });
        expect(cost).toBeLessThanOrEqual(reserved);
      }),
    );
  });
});

describe('how much of an answer somebody can pay for', () => {
  const flash = rates(100, 1000, 2000);
  const least = { promptTokens: 1_000, outputTokens: 256 };
  const most = { promptTokens: 2_600, outputTokens: 1_500 };
  const extent = (available: number) => affordableExtent(flash, least, most, available);

  it('is all of it while there is enough, then less to read, then less to write', () => {
    expect(extent(5_600)).toEqual(most);
    expect(extent(5_000)).toEqual({ promptTokens: 2_000, outputTokens: 1_500 });
    expect(extent(4_000)).toEqual({ promptTokens: 1_000, outputTokens: 1_500 });
    expect(extent(2_000)).toEqual({ promptTokens: 1_000, outputTokens: 500 });
    expect(extent(1_512)).toEqual(least);
    expect(extent(1_511)).toBeUndefined();
  });

  it('is as much as can be paid in full, and nothing only when the least cannot', () => {
    const size = fc.integer({ min: 0, max: 5_000 });
    const balance = fc.integer({ min: 0, max: 20_000_000 });
    fc.assert(
      fc.property(someRates, size, size, size, size, balance, (given, a, b, c, d, tokens) => {
        const smallest = { promptTokens: Math.min(a, b), outputTokens: Math.min(c, d) };
        const largest = { promptTokens: Math.max(a, b), outputTokens: Math.max(c, d) };
        const costFor = ({ promptTokens, outputTokens }: typeof least) =>
          costOf(given, { promptTokens, cachedTokens: 0, completionTokens: outputTokens });
        const granted = affordableExtent(given, smallest, largest, tokens);
        if (!granted) {
          expect(costFor(smallest)).toBeGreaterThan(tokens);
          return;
        }
        expect(costFor(granted)).toBeLessThanOrEqual(tokens);
        if (costFor(largest) <= tokens) expect(granted).toEqual(largest);
        for (const key of ['promptTokens', 'outputTokens'] as const) {
          expect(granted[key]).toBeGreaterThanOrEqual(smallest[key]);
          expect(granted[key]).toBeLessThanOrEqual(largest[key]);
        }
        if (granted.outputTokens < largest.outputTokens) {
          expect(granted.promptTokens).toBe(smallest.promptTokens);
        }
      }),
    );
  });
});

describe('the price in force', () => {
  const names = [ANY_MODEL, 'deepseek', 'deepseek-flash', 'deepseek-flash-1017', 'offline'];
  const anyRates = rates(0, 0, 0);
  const row = (model: string, day: number): Price => ({
    ...{ id: `${model}@${day}`, model, currency: 'CNY', effectiveFrom: new Date(day * 86_400_000) },
    ...{ offPeak: anyRates, peak: anyRates, providerOffPeak: anyRates, providerPeak: anyRates },
  });
  const rows = fc.uniqueArray(
    fc.record({ model: fc.constantFrom(...names), day: fc.integer({ min: 0, max: 20 }) }),
    { selector: ({ model, day }) => `${model}@${day}`, maxLength: 12 },
  );

  it('is that of the longest name the model begins with, and of its newest row', () => {
    const prices = [
      row('deepseek', 1),
      row('deepseek-flash', 1),
      row('deepseek-flash', 5),
      row('*', 9),
    ];
    const at = (model: string, day: number) =>
      priceAt(prices, model, new Date(day * 86_400_000))?.id;
    expect(at('deepseek-flash', 4)).toBe('deepseek-flash@1');
    expect(at('deepseek-flash', 5)).toBe('deepseek-flash@5');
    expect(at('DeepSeek-Flash-1017', 10)).toBe('deepseek-flash@5');
    expect(at('deepseek-v4-pro', 10)).toBe('deepseek@1');
    expect(at('another', 10)).toBe('*@9');
    expect(at('another', 8)).toBeUndefined();
  });

  it('is in force, is for the model, and nothing nearer or newer is', () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(...names),
        fc.integer({ min: 0, max: 20 }),
        (given, model, day) => {
          const prices = given.map((each) => row(each.model, each.day));
          const moment = new Date(day * 86_400_000);
          const found = priceAt(prices, model, moment);
          const suits = (price: Price) =>
            price.effectiveFrom <= moment &&
            (price.model === ANY_MODEL || model.startsWith(price.model));
          if (!found) return expect(prices.some(suits)).toBe(false);
          expect(suits(found)).toBe(true);
          const length = (price: Price) => (price.model === ANY_MODEL ? 0 : price.model.length);
          for (const other of prices.filter(suits)) {
            expect(length(other)).toBeLessThanOrEqual(length(found));
            if (other.model === found.model)
              expect(+other.effectiveFrom).toBeLessThanOrEqual(+found.effectiveFrom);
          }
        },
      ),
    );
  });

  it('stays what it was when a later row is added', () => {
    fc.assert(
      fc.property(
        rows,
        fc.constantFrom(...names),
        fc.constantFrom(...names),
        (given, model, added) => {
          const prices = given.map((each) => row(each.model, each.day));
          const moment = new Date(20 * 86_400_000);
          const later = row(added, 21);
          expect(priceAt([...prices, later], model, moment)).toBe(priceAt(prices, model, moment));
        },
      ),
    );
  });
});
