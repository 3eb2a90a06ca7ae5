import { createHash } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { foldText } from '../../ai/rag/folding.ts';
import * as contract from '../support/contract-schemas.ts';
import { type DocumentDesk, gardenText, openDesk } from '../support/document-desk.ts';
import { asGuest } from '../support/service-client.ts';
import { describeInBothModes } from '../support/service-space.ts';

jest.setTimeout(60_000);

const passage = z.object({
  id: z.uuid(),
  text: z.string(),
  translation: z.string().nullable(),
  gist: z.string().nullable(),
  notes: z.array(z.object({ term: z.string(), meaning: z.string() })),
  readingSource: z.string().nullable(),
  doubt: z.string().nullable(),
  pinyin: z.array(z.string().nullable()).optional(),
});
const opened = z.object({ passage });
const report = z.object({
  id: z.uuid(),
  passageId: z.uuid(),
  comment: z.string(),
  text: z.string().nullable(),
  handledAt: z.string().nullable(),
});

const hashOf = (text: string) =>
  createHash('sha256').update(foldText(text)).digest('hex').slice(0, 16);

describeInBothModes('what is said of a passage', (mode) => {
  let desk: DocumentDesk;
  beforeAll(async () => {
    desk = await openDesk(mode);
  });
  afterAll(() => desk.dispose());

  test('is uploaded, shown, searched, set aside when the text changes, and can be reported', async () => {
    const { librarian } = desk;
    const { workId } = await librarian.publish({ name: '小园记.md', text: gardenText() });
    const passages = await desk.passages(workId);
    const pond = passages.find(({ text }) => text.includes('园中有池'));
    const readingOf = (id: string, text: string) => ({
      passageId: id,
      textHash: hashOf(text),
      translation: '园子里有个水塘，和客人一边喝茶一边聊古人，没留神天都快黑了。',
      gist: '和朋友在水塘边喝茶聊天，忘了时间。',
      themes: ['聊得忘了时间', '下午茶'],
      notes: [{ term: '池畔', reading: 'chí pàn', meaning: '水塘边' }],
      doubt: '「二三人」或说是虚数',
    });
    const put = (lines: unknown[]) =>
      librarian.call(
        'PUT',
        `/api/admin/library/works/${workId}/readings`,
        lines.map((line) => JSON.stringify(line)).join('\n'),
        { 'content-type': 'application/x-ndjson' },
      );
    const lost = readingOf('0b8c6f0e-3a63-4a53-8a63-3d1e5a3f2c11', '别处');
    const reply = await put([readingOf(pond?.id ?? '', pond?.text ?? ''), lost]);
    expect(reply.data(z.object({ taken: z.int(), setAside: z.array(z.string()) }))).toMatchObject({
      taken: 1,
      setAside: [lost.passageId],
    });
    const shown = async () =>
      (await librarian.get(`/api/library/passages/${pond?.id}`)).data(opened);
    expect((await shown()).passage).toMatchObject({
      translation: expect.stringContaining('水塘'),
      readingSource: 'document',
      doubt: expect.stringContaining('虚数'),
    });
    expect((await desk.search('聊天聊得忘了时间'))[0]?.passageId).toBe(pond?.id);

    expect((await put([lost])).status).toBe(200);
    expect((await shown()).passage.translation).toContain('水塘');

    const faulty = await put([{ ...lost, textHash: '不对', gist: '' }]);
    expect(faulty.failure()).toMatchObject({ status: 400, error: 'invalid_input' });
    expect(faulty.failure().details?.map(({ path }) => path)).toEqual([
      '第 1 行.textHash',
      '第 1 行.gist',
    ]);

    const guest = await asGuest(desk.service.url);
    const said = await guest.post(`/api/library/passages/${pond?.id}/reports`, {
      comment: '「日之将夕」没有译准',
    });
    expect(said.status).toBe(201);
    const reports = async (query = '') =>
      (await librarian.get(`/api/admin/reading-reports${query}`)).data(contract.pageOf(report))
        .items;
    const [first] = await reports();
    expect(first).toMatchObject({ passageId: pond?.id, text: pond?.text, handledAt: null });
    await librarian.call('PUT', `/api/admin/reading-reports/${first?.id}`, { handled: true });
    expect(await reports('?handled=false')).toEqual([]);
    expect((await guest.get('/api/admin/reading-reports')).failure().status).toBe(403);

    const changed = gardenText().replace('日之将夕', '日之已暮');
    await librarian.publish({ name: '小园记.md', text: changed });
    const now = (await desk.passages(workId)).find(({ text }) => text.includes('园中有池'));
    expect(now?.id).not.toBe(pond?.id);
    const other = (await librarian.get(`/api/library/passages/${now?.id}`)).data(opened).passage;
    expect(other).toMatchObject({ translation: null, readingSource: null });
  });

  test('comes with pinyin where that is wanted, a syllable a character', async () => {
    const { librarian } = desk;
    const works = (await librarian.get('/api/library/works')).data(contract.pageOf(contract.work));
    const work = works.items.find(({ title }) => title === '论语');
    const detail = (await librarian.get(`/api/library/works/${work?.id}`)).data(
      z.object({ chapters: z.array(z.object({ id: z.uuid() })) }),
    );
    const path = `/api/library/works/${work?.id}/chapters/${detail.chapters[0]?.id}`;
    const chapter = z.object({ passages: z.array(passage) });
    const plain = (await librarian.get(path)).data(chapter).passages;
    expect(plain.every(({ pinyin }) => pinyin === undefined)).toBe(true);
    for (const { text, pinyin } of (await librarian.get(`${path}?pinyin=1`)).data(chapter)
      .passages) {
      expect(pinyin).toHaveLength([...text].length);
    }
    const [first] = (await librarian.get(`${path}?pinyin=1`)).data(chapter).passages;
    // 「不亦说乎」 is read yuè, as the glossary has it.
    expect(first?.pinyin?.[[...(first?.text ?? '')].indexOf('说')]).toBe('yuè');
    const alone = (await librarian.get(`/api/library/passages/${first?.id}?pinyin=1`)).data(opened);
    expect(alone.passage.pinyin).toEqual(first?.pinyin);
  });

  test('stays as the library brings it for works that come with it', async () => {
    const { librarian } = desk;
    const works = (await librarian.get('/api/library/works')).data(contract.pageOf(contract.work));
    const own = works.items.find(({ title }) => title === '论语');
    const reply = await librarian.call(
      'PUT',
      `/api/admin/library/works/${own?.id}/readings`,
      '{}',
      { 'content-type': 'application/x-ndjson' },
    );
    expect(reply.failure()).toMatchObject({ status: 409, error: 'conflict' });
  });
});
