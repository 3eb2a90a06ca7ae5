import { jest } from '@jest/globals';
import { z } from 'zod';
import * as contract from '../support/contract-schemas.ts';
import { asGuest, type Client, visit } from '../support/service-client.ts';
import { describeInOneMode, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { smallWorks } from '../support/small-corpus.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';

jest.setTimeout(60_000);

const workPage = contract.pageOf(contract.work);
const verdicts = z.object({ items: z.array(contract.quote) });

describeInOneMode('the library, open to visitors', (mode) => {
  let space: ServiceSpace;
  let service: RunningService;
  let visitor: Client;
  beforeAll(async () => {
    space = await openSpace(mode);
    service = await space.start();
    visitor = visit(service.url);
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const get = async <Data extends z.ZodType>(path: string, schema: Data) =>
    (await visitor.get(`/api/library${path}`)).data(schema);
  const works = async () => (await get('/works', workPage)).items;
  const workCalled = async (title: string) => {
    const work = (await works()).find((each) => each.title === title);
    if (!work) throw new Error(`no work ${title}`);
    return work;
  };
  const search = async (q: string, more = '') =>
    (await get(`/search?q=${encodeURIComponent(q)}${more}`, contract.found)).items;
  const verify = async (...quotes: string[]) =>
    (await visitor.post('/api/library/quotes/verify', { quotes })).data(verdicts).items;

  test('gives its parts the ids they have in every database, for ever', async () => {
    const { id } = await workCalled('论语');
    expect(id).toBe('5c59b446-b6b4-5ef1-bfd0-217531af0691');
    const [found] = await search('学而不思则罔');
    expect(found?.passageId).toBe('e8edce69-f9f3-5527-92cd-b76eb70a6f76');
    const reading = await get(`/works/${id}`, contract.workReading);
    expect(reading.chapters[1]?.id).toBe('3999609b-121c-5fd8-8983-d134f814a64d');
  });

  test('lists its works in order, page by page', async () => {
    // A CORPUS folder is read by file name.
    const inOrder = smallWorks.toSorted((a, b) => (a.slug < b.slug ? -1 : 1));
    expect((await works()).map(({ title }) => title)).toEqual(inOrder.map(({ title }) => title));
    const seen: string[] = [];
    let cursor = '';
    for (;;) {
      const page = await get(`/works?limit=1${cursor}`, workPage);
      seen.push(...page.items.map(({ title }) => title));
      if (page.nextCursor === null) break;
      cursor = `&cursor=${page.nextCursor}`;
    }
    expect(seen).toEqual(inOrder.map(({ title }) => title));
  });

  test('tells of a work who wrote it, how much there is and its chapters', async () => {
    const { id } = await workCalled('论语');
    const reading = await get(`/works/${id}`, contract.workReading);
    expect(reading).toMatchObject({
      ...{ id, title: '论语', author: '孔子弟子及再传弟子', dynasty: '春秋', category: '四书' },
      ...{ chapterCount: 3, passageCount: 7 },
    });
    expect(reading.chapters.map(({ n, title, passageCount }) => [n, title, passageCount])).toEqual([
      [1, '学而篇', 2],
      [2, '为政篇', 3],
      [3, '里仁篇', 2],
    ]);
    expect(reading.characterCount).toBeGreaterThan(100);
  });

  test('opens a chapter with its text as it stands, and its neighbours', async () => {
    const { id } = await workCalled('论语');
    const { chapters } = await get(`/works/${id}`, contract.workReading);
    for (const [at, { id: chapterId }] of chapters.entries()) {
      const reading = await get(`/works/${id}/chapters/${chapterId}`, contract.chapterReading);
      expect(reading.passages.map(({ text }) => text)).toEqual(
        smallWorks[0]?.chapters[at]?.paragraphs,
      );
      expect(reading.passages.map(({ n }) => n)).toEqual(reading.passages.map((_, n) => n + 1));
      expect(reading.previous?.id).toBe(chapters[at - 1]?.id);
      expect(reading.next?.id).toBe(chapters[at + 1]?.id);
    }
    const other = await workCalled('大学');
    const stray = await visitor.get(`/api/library/works/${other.id}/chapters/${chapters[0]?.id}`);
    expect(stray.failure()).toMatchObject({ status: 404, error: 'not_found' });
  });

  test('opens a passage between its neighbours', async () => {
    const [middle] = await search('学而不思则罔');
    const path = (id: string | undefined) => `/passages/${id}`;
    const reading = await get(path(middle?.passageId), contract.passageReading);
    expect(reading.passage.text).toBe('子曰：「学而不思则罔，思而不学则殆。」');
    expect(reading.passage.notes.map(({ term }) => term)).toContain('罔');
    expect(reading.previous?.text).toContain('温故而知新');
    expect(reading.next?.text).toContain('知之为知之');
    const first = await get(path(reading.previous?.id), contract.passageReading);
    expect(first.previous).toBeNull();
    const last = await get(path(reading.next?.id), contract.passageReading);
    expect(last.next).toBeNull();
  });

  test.each([
    ['学而不思则罔', '学而不思则罔'],
    ['學而不思則罔', '学而不思则罔'],
    ['有朋自远方来', '有朋自远方来'],
    ['李白写月亮思乡的诗', '床前明月光'],
    ['怎样温习旧的知识', '温故而知新'],
  ])('finds for «%s» what one looked for, best first', async (question, expected) => {
    const items = await search(question);
    expect(items[0]?.text).toContain(expected);
    expect(items.map(({ n }) => n)).toEqual(items.map((_, index) => index + 1));
    const scores = items.map(({ score }) => score);
    expect(scores).toEqual(scores.toSorted((a, b) => b - a));
    expect(await search(question)).toEqual(items);
  });

  test('finds as much as was wished, and in one work only when that is wished', async () => {
    expect(await search('学', '&limit=1')).toHaveLength(1);
    expect((await search('学', '&limit=50')).length).toBeLessThanOrEqual(50);
    const { id } = await workCalled('大学');
    const within = await search('子曰学而时习之', `&work=${id}`);
    expect(new Set(within.map(({ work }) => work))).toEqual(new Set(['大学']));
  });

  test.each([
    ['q=', 'q'],
    ['', 'q'],
    ['q=学&limit=0', 'limit'],
    ['q=学&limit=51', 'limit'],
    ['q=学&limit=many', 'limit'],
    ['q=学&work=lunyu', 'work'],
    ['q=%00', 'q'],
    ['q=学&q=而', 'q'],
  ])('refuses to search for ?%s', async (query, field) => {
    const failure = (await visitor.get(`/api/library/search?${query}`)).failure();
    expect(failure).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(failure.details?.map(({ path }) => path)).toEqual([field]);
  });

  test.each([
    'SELECT * FROM passages',
    '🎋🎋🎋',
    'the quick brown fox',
    '。，！？',
    '()[]*+?{}|^$\\',
  ])('finds little or nothing for «%s», and does not mind', async (question) => {
    expect((await search(question)).length).toBeLessThanOrEqual(11);
  });

  test('cites in an answer what a search for the question finds', async () => {
    const question = '「学而不思则罔」是什么意思？';
    const guest = await asGuest(service.url);
    const { message } = await guest.askWhole((await guest.openSession()).id, question);
    const found = await search(question, '&limit=8');
    expect(message.citations).toEqual(found.slice(0, message.citations.length));
    expect(message.citations.length).toBeGreaterThan(0);
  });

  test('tells true quotations from false ones, in the order they were given', async () => {
    const quotes = [
      '學而不思則罔',
      '学而不思则惘，思而不学则殆',
      '己所不欲，勿施于人',
      '床前明月光疑是地上霜',
    ];
    const items = await verify(...quotes);
    expect(items.map(({ text }) => text)).toEqual(quotes);
    expect(items.map(({ verdict }) => verdict)).toEqual(['exact', 'variant', 'unknown', 'exact']);
    expect(items[0]).toMatchObject({ work: '论语', chapter: '为政篇', found: '学而不思则罔' });
    expect(items[3]).toMatchObject({ work: '李白诗选', chapter: '静夜思' });
  });

  test('checks at most fifty quotations at a time, none of them empty', async () => {
    expect(await verify(...Array(50).fill('学而时习之'))).toHaveLength(50);
    for (const quotes of [
      [],
      Array(51).fill('学而时习之'),
      ['学', ''],
      '学而时习之',
      [1],
      undefined,
    ]) {
      const reply = await visitor.post('/api/library/quotes/verify', { quotes });
      expect(reply.failure()).toMatchObject({ status: 400, error: 'invalid_input' });
    }
  });
});
