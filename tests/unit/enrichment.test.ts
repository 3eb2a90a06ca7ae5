import { enrichPassages } from '../../ai/enrichment/enrich-passages.ts';
import { createScriptedModel } from '../../ai/providers/scripted.ts';
import { isPeak, nextOffPeak } from '../../backend/billing/prices/peak-hours.ts';
import type { Price } from '../../backend/billing/prices/price.ts';
import { providerCostFen } from '../../backend/billing/prices/provider-cost.ts';
import { enrichDocument } from '../../backend/documents/enrichment/enrichment-job.ts';
import { PostponedJob } from '../../backend/jobs.ts';

const LEARN = { id: 'a', place: '论语·学而篇', text: '學而時習之，不亦說乎？', translated: false };
const RULE = { id: 'b', place: '论语·为政篇', text: '為政以德，譬如北辰。', translated: true };
const GOOD = {
  n: 1,
  translation: '学了又时常温习，不也很愉快吗？',
  questions: ['学习以后要不要复习', '怎样学习才快乐', '怎样学习才快乐'],
};

async function enrich(reply: string) {
  const model = createScriptedModel([
    [
      { type: 'text', text: reply },
      { type: 'end', truncated: false },
    ],
  ]);
  const { signal } = new AbortController();
  const enriched = await enrichPassages({ model, onUsage: () => {} }, [LEARN, RULE], signal);
  return { enriched, asked: model.requests[0]?.question ?? '' };
}

describe('what a model adds to passages', () => {
  it('is a translation where there is none, and questions, each once', async () => {
    const { enriched, asked } = await enrich(
      JSON.stringify({ items: [GOOD, { n: 2, questions: ['怎样治理国家', '北极星有什么比喻'] }] }),
    );
    expect(asked).toContain('【2】《论语·为政篇》（已有译文）\n為政以德');
    expect(enriched.get('a')).toEqual({
      translation: GOOD.translation,
      questions: ['学习以后要不要复习', '怎样学习才快乐'],
    });
    expect(enriched.get('b')).toEqual({
      translation: null,
      questions: ['怎样治理国家', '北极星有什么比喻'],
    });
  });

  it('is taken from among other words, and from a reply that was cut off', async () => {
    const items = JSON.stringify({ items: [GOOD, { ...GOOD, n: 2 }] });
    expect((await enrich(`好的：\n\`\`\`json\n${items}\n\`\`\``)).enriched.size).toBe(2);
    expect([...(await enrich(items.slice(0, -30))).enriched.keys()]).toEqual(['a']);
  });

  it.each([
    ['nothing', ''],
    ['no JSON', '我不懂。'],
    ['another shape', '[1,2,3]'],
    ['a number that was not asked for', JSON.stringify({ items: [{ ...GOOD, n: 7 }] })],
    ['no translation', JSON.stringify({ items: [{ ...GOOD, translation: '' }] })],
    ['the text itself', JSON.stringify({ items: [{ ...GOOD, translation: LEARN.text }] })],
    ['a fragment', JSON.stringify({ items: [{ ...GOOD, translation: '学' }] })],
    ['a lecture', JSON.stringify({ items: [{ ...GOOD, translation: '学习'.repeat(200) }] })],
    ['one question', JSON.stringify({ items: [{ ...GOOD, questions: ['怎样学习才快乐'] }] })],
    [
      'questions in English',
      JSON.stringify({ items: [{ ...GOOD, questions: ['why?', 'who is it?'] }] }),
    ],
  ])('is not %s', async (_, reply) => {
    expect((await enrich(reply)).enriched.size).toBe(0);
  });
});

describe('when and for how much', () => {
  const at = (clock: string) => new Date(`2026-11-18T${clock}+08:00`);

  it.each([
    ['09:00:00', '12:00:00'],
    ['11:59:59', '12:00:00'],
    ['14:07:00', '18:00:00'],
    ['12:30:10', '12:30:10'],
    ['23:00:00', '23:00:00'],
  ])('at %s the hours in which the model costs less are next at %s', (clock, expected) => {
    const next = nextOffPeak(at(clock));
    expect(next).toEqual(at(expected));
    expect(isPeak(next)).toBe(false);
  });

  it('the provider asks for its own price, rounded up to a fen', () => {
    const rates = { cached: 20_000, prompt: 1_000_000, completion: 4_000_000 };
    const double = { cached: 40_000, prompt: 2_000_000, completion: 8_000_000 };
    const price: Price = {
      ...{ id: '1', model: 'deepseek-flash', currency: 'CNY', effectiveFrom: new Date(0) },
      ...{ offPeak: rates, peak: rates, providerOffPeak: rates, providerPeak: double },
    };
    const counts = { promptTokens: 1_000_000, cachedTokens: 0, completionTokens: 500_001 };
    const now = new Date();
    expect(providerCostFen([price], 'deepseek-flash', counts, now)).toEqual({
      offPeak: 301,
      peak: 601,
    });
    expect(
      providerCostFen([{ ...price, currency: 'USD' }], 'deepseek-flash', counts, now),
    ).toBeNull();
    expect(providerCostFen([], 'deepseek-flash', counts, now)).toBeNull();
  });

  it('a job that is to wait for the cheap hours waits, and asks nothing before', async () => {
    const model = createScriptedModel([]);
    const work = enrichDocument(
      {
        stores: {
          documents: { byId: async () => ({ title: '论语' }) as never },
          enrichment: {
            totals: async () => ({ passages: 1, missing: 1, characters: 9, toTranslate: 9 }),
            unread: async () => [],
            save: async () => 0,
          },
        },
        ...{ transact: async () => undefined as never, model, onUsage: () => {}, nextOffPeak },
        ...{ libraryChanged: async () => {}, now: () => at('10:00:00') },
      },
      { documentId: '0b8c6f0e-3a63-4a53-8a63-3d1e5a3f2c11', offPeak: true },
      {
        ...{ jobId: '1', report: async () => {}, setResult: () => {} },
        signal: new AbortController().signal,
      },
    );
    await expect(work).rejects.toMatchObject({ name: PostponedJob.name, until: at('12:00:00') });
  });
});
