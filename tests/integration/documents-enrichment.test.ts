import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { asFile, type DocumentDesk, gardenText, openDesk } from '../support/document-desk.ts';
import { documentView, job } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace } from '../support/service-space.ts';

jest.setTimeout(120_000);

const estimate = z.object({
  passages: z.int(),
  missing: z.int(),
  promptTokens: z.int(),
  completionTokens: z.int(),
  costFen: z.object({ peak: z.int(), offPeak: z.int() }),
  available: z.boolean(),
});

/** What a model says to a batch; `n` are its numbers. */
const saying = (numbers: number[]) =>
  JSON.stringify({
    items: numbers.map((n) => ({
      n,
      translation: `这是第${n}段的今译，说的是园子里的景物、来客和主人的心情，写得清楚明白。`,
      questions: [`园子第${n}处有什么植物可以看`, `主人第${n}次为什么笑了`],
    })),
  });
const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
/** Six passages of their own. */
const TEXT = gardenText({
  春卷: ['梅', '竹', '池'].map(
    (word) => `余居城南，有园三亩，${word}影横斜，春来则鸟鸣其上，客至则烹茶论古。`,
  ),
  秋卷: ['桐', '菊', '枫'].map(
    (word) => `秋风既至，${word}叶先凋，园丁扫叶煮酒，主人倚栏而读离骚。`,
  ),
});

describeInBothModes('what a model adds to an uploaded text', (mode) => {
  let desk: DocumentDesk;
  let model: DeepSeekStandIn;
  beforeAll(async () => {
    model = await startDeepSeekStandIn({ defaults: { text: saying(EIGHT) } });
    const environment = { DEEPSEEK_API_KEY: 'sk-test', DEEPSEEK_BASE_URL: model.url };
    desk = await openDesk(mode, { space: await openSpace(mode), environment });
  });
  afterEach(async () => {
    model.requests.length = 0;
    await desk.clear();
  });
  afterAll(async () => {
    await desk.dispose();
    await model.close();
  });

  const path = (id: string) => desk.path(id, '/enrichment');
  const publish = () => desk.librarian.publish(asFile(TEXT), { form: 'sayings' });
  const estimateOf = async (id: string) => (await desk.librarian.get(path(id))).data(estimate);
  const begin = async (id: string, offPeak = false) => {
    const reply = await desk.librarian.call('POST', path(id), { offPeak });
    const view = reply.data(documentView, 202);
    expect(view).toMatchObject({ document: { id }, job: { kind: 'enrich-document' } });
    return view.job?.id ?? '';
  };
  const jobOf = async (id: string) => (await desk.librarian.get(`/api/admin/jobs/${id}`)).data(job);
  const ended = async (id: string) => {
    await eventually('the job has ended', async () => {
      const { status } = await jobOf(id);
      return status !== 'queued' && status !== 'running';
    });
    return jobOf(id);
  };

  test('is priced before, found by afterwards, marked, and asked for once', async () => {
    const { id, workId } = await publish();
    const before = await estimateOf(id);
    expect(before).toMatchObject({ passages: 6, missing: 6, available: true });
    expect(before.promptTokens).toBeGreaterThan(100);
    expect(before.costFen.peak).toBeGreaterThanOrEqual(before.costFen.offPeak);
    expect(before.costFen.offPeak).toBeGreaterThan(0);

    const done = await ended(await begin(id));
    expect(done).toMatchObject({ status: 'done', stage: 'enriched', done: 6, total: 6 });
    expect(done.result).toMatchObject({ enriched: 6, skipped: 0 });
    expect(await estimateOf(id)).toMatchObject({ missing: 0, promptTokens: 0 });
    expect(model.requests).toHaveLength(1);

    const [first] = await desk.passages(workId);
    const read = await visit(desk.service.url).get(`/api/library/passages/${first?.id}`);
    expect(read.text).toContain('的今译');
    expect(read.text).toContain('"readingSource":"machine"');
    const search = await visit(desk.service.url).get(
      `/api/library/search?q=${encodeURIComponent('园子有什么植物可以看')}`,
    );
    expect(search.data(contract.found).items[0]?.work).toBe('小园记');
    const again = await desk.librarian.call('POST', path(id), { offPeak: false });
    expect(again.failure()).toMatchObject({ status: 409, error: 'conflict' });
    await desk.inStep();
  });

  test('stays with its passage when a chapter is called otherwise, here or in another file', async () => {
    const { id, workId } = await publish();
    await ended(await begin(id));
    const chapters = [{ ordinal: 1, title: '春日' }];
    await desk.librarian.call('PATCH', desk.path(id), { chapters });
    expect(await desk.librarian.settled(id)).toMatchObject({ status: 'published', version: 2 });
    expect(await estimateOf(id)).toMatchObject({ passages: 6, missing: 0 });
    const before = await desk.passages(workId);
    const renamed = asFile(TEXT.replace('## 秋卷', '## 秋声卷'));
    await desk.librarian.upload(renamed, { form: 'sayings' });
    expect(await desk.librarian.settled(id)).toMatchObject({ status: 'published', version: 3 });
    const after = await desk.passages(workId);
    expect(after.map(({ text }) => text)).toEqual(before.map(({ text }) => text));
    expect(after.filter((each, at) => each.id !== before[at]?.id)).toHaveLength(3);
    expect(await estimateOf(id)).toMatchObject({ passages: 6, missing: 0 });
    await desk.inStep();
  });

  test('skips a passage of which nothing usable is said, and goes on after a fault', async () => {
    const { id } = await publish();
    model.enqueue({ text: `好的。\n\`\`\`json\n${saying([1, 2, 4, 5])}\n\`\`\`` });
    model.enqueue({ text: '这一段我不懂。' }, { text: '也不懂。' });
    const done = await ended(await begin(id));
    expect(done).toMatchObject({ status: 'done', result: { enriched: 4, skipped: 2 } });
    expect(await estimateOf(id)).toMatchObject({ missing: 2 });

    model.enqueue({ status: 503 }, { status: 503 }, { status: 503 });
    expect(await ended(await begin(id))).toMatchObject({ status: 'done', result: { enriched: 2 } });
    expect(await estimateOf(id)).toMatchObject({ missing: 0 });
  });

  test('ends at once with a sentence when the key is refused, and can be cancelled', async () => {
    const { id } = await publish();
    model.enqueue({ status: 401 });
    const failed = await ended(await begin(id));
    expect(failed).toMatchObject({ status: 'failed', error: expect.stringContaining('密钥') });

    model.enqueue({ firstDeltaDelayMs: 60_000 });
    const slow = await begin(id);
    await eventually('the model is asked', () => model.requests.length > 1);
    expect((await desk.librarian.call('POST', path(id), { offPeak: false })).failure().status).toBe(
      409,
    );
    await desk.librarian.call('POST', `/api/admin/jobs/${slow}/cancel`, {});
    expect(await ended(slow)).toMatchObject({ status: 'cancelled' });
    expect(await estimateOf(id)).toMatchObject({ missing: 6 });
  });

  test('is only for what is published, and for administrators', async () => {
    const reply = await desk.librarian.upload(asFile(TEXT), {}, { dryRun: true });
    const { id } = reply.data(documentView, 202).document;
    expect((await desk.librarian.call('POST', path(id), {})).failure().status).toBe(409);
    expect(await estimateOf(id)).toMatchObject({ passages: 0, missing: 0 });
    expect((await visit(desk.service.url).get(path(id))).failure().status).toBe(401);
  });
});

describe('without a model', () => {
  test('nothing can be added, and it is said so', async () => {
    const desk = await openDesk('embedded');
    const { id } = await desk.librarian.publish(asFile(TEXT));
    const path = desk.path(id, '/enrichment');
    expect((await desk.librarian.get(path)).data(estimate.partial())).toMatchObject({
      available: false,
    });
    const refused = (await desk.librarian.call('POST', path, { offPeak: true })).failure();
    expect(refused).toMatchObject({ status: 409, error: 'conflict' });
    await desk.dispose();
  });
});
