import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { asAdmin, auditOf } from '../support/administrator.ts';
import { allAtOnce } from '../support/all-at-once.ts';
import * as contract from '../support/contract-schemas.ts';
import {
  asFile,
  type DocumentDesk,
  garden,
  gardenText,
  openDesk,
} from '../support/document-desk.ts';
import { document, documentPage, documentView, job } from '../support/documents.ts';
import { visit } from '../support/service-client.ts';
import { describeInBothModes, inOneMode } from '../support/service-space.ts';

jest.setTimeout(120_000);

const chapterPage = contract.pageOf(
  z.object({
    ...{ ordinal: z.int(), n: z.int(), title: z.string(), opening: z.string() },
    ...{ passageCount: z.int(), skipped: z.boolean() },
  }),
);

describeInBothModes('the texts of an administrator', (mode) => {
  let desk: DocumentDesk;
  beforeAll(async () => {
    desk = await openDesk(mode);
  });
  afterEach(() => desk.clear());
  afterAll(() => desk.dispose());

  const read = async (path: string) => await visit(desk.service.url).get(`/api/library${path}`);

  test('are found, quoted and read like every other work, and gone when deleted', async () => {
    const { librarian, path } = desk;
    const names = { author: '某生', dynasty: '清' };
    const reply = await librarian.upload(asFile(gardenText(), '无题.md'), names);
    const { document: begun, job } = reply.data(documentView, 202);
    expect(job).toMatchObject({ kind: 'ingest-document' });
    const published = await librarian.settled(begun.id);
    expect(published).toMatchObject({
      ...{ title: '小园记', author: '某生', dynasty: '清', category: '自备' },
      ...{ status: 'published', version: 1, format: 'md', error: null, chapterCount: 2 },
    });
    expect((await librarian.view(begun.id)).job).toMatchObject({ stage: 'published', error: null });
    const [found] = await desk.search('梧桐先凋');
    expect(found).toMatchObject({ work: '小园记', chapter: '秋卷', author: '某生', dynasty: '清' });
    expect(desk.verdictOn('园虽小而天地在焉')).toBe('exact');
    const works = (await read('/works?limit=100')).data(contract.pageOf(contract.work)).items;
    expect(works.at(-1)).toMatchObject({ id: published.workId, title: '小园记', chapterCount: 2 });
    await desk.inStep();

    await desk.delete(begun.id);
    expect(desk.verdictOn('园虽小而天地在焉')).toBe('unknown');
    for (const { work } of await desk.search('梧桐先凋')) expect(work).not.toBe('小园记');
    expect((await librarian.get(path(begun.id))).failure()).toMatchObject({ error: 'not_found' });
    expect((await librarian.call('DELETE', path(begun.id))).failure().status).toBe(404);
    const deeds = await auditOf(await asAdmin(desk.service.url), `targetId=${begun.id}`);
    expect(deeds.map(({ action }) => action)).toEqual(['document.delete', 'document.upload']);
  });

  test('are there once, however often the same bytes or the same text are sent', async () => {
    const { librarian } = desk;
    const first = await librarian.publish(asFile(gardenText()));
    const again = await librarian.upload(asFile(gardenText(), '另一个名字.md'));
    expect(again.data(documentView, 200).document).toEqual(first);
    // Another file with the same text: as plain text, in another encoding and script.
    const plain = gardenText().replaceAll(/^#+ /gm, '');
    const utf16 = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(gardenText(), 'utf16le')]);
    const converted = await librarian.upload({ name: '小园记.md', text: utf16 });
    expect(converted.data(documentView, 200).document.id).toBe(first.id);
    const beside = await librarian.upload({ name: '别本.md', text: utf16 });
    expect(beside.data(documentView, 200).document.id).toBe(first.id);
    expect(plain).not.toBe(gardenText());
    const wanted = await librarian.upload(asFile(gardenText()), { replaces: 'new' });
    const second = wanted.data(documentView, 202).document;
    expect(second.id).not.toBe(first.id);
    expect((await librarian.settled(second.id)).status).toBe('published');
    const list = (await librarian.get('/api/admin/documents')).data(documentPage).items;
    expect(list.map(({ id }) => id)).toEqual([second.id, first.id]);
  });

  test('sent twice at once are one document, and one key is one upload', async () => {
    const { librarian } = desk;
    const replies = await allAtOnce(Array(6).fill(asFile(gardenText())), 6, (each) =>
      librarian.upload(each),
    );
    const ids = replies.map((reply) => documentView.parse(JSON.parse(reply.text).data).document.id);
    expect(new Set(ids).size).toBe(1);
    expect(replies.filter(({ status }) => status === 202)).toHaveLength(1);
    await librarian.settled(ids[0] ?? '');
    const key = randomUUID();
    const other = asFile(gardenText({ 冬卷: ['雪夜访友，至门而返，何必见也。'] }), '冬.md');
    const fields = { replaces: 'new' };
    const keyed = await allAtOnce(Array(3).fill(other), 3, (each) =>
      librarian.upload(each, fields, { key }),
    );
    const made = keyed.map((reply) => reply.data(documentView, 202).document.id);
    expect(new Set(made).size).toBe(1);
    const clash = await librarian.upload(asFile(gardenText()), fields, { key });
    expect(clash.failure()).toMatchObject({ status: 409, error: 'idempotency_conflict' });
    await librarian.settled(made[0] ?? '');
    await desk.delete(made[0] ?? '');
    const late = await librarian.upload(other, fields, { key });
    expect(late.data(documentView, 202)).toEqual(keyed[0]?.data(documentView, 202));
  });

  test('are looked at before anybody finds them, corrected, and then published', async () => {
    const { librarian, path } = desk;
    const reply = await librarian.upload(asFile(gardenText()), {}, { dryRun: true });
    const { document: preview } = reply.data(documentView, 202);
    expect(preview).toMatchObject({ status: 'preview', workId: null, chapterCount: 2 });
    expect(preview.report).toMatchObject({ chapters: 2, translated: 0, lacunae: { count: 0 } });
    const none = { count: 0, examples: [] };
    expect(preview.duplicates).toEqual({
      ...{ document: null, passages: 0, repeated: none, works: [], work: null, former: null },
    });
    expect(desk.verdictOn('梧桐先凋')).toBe('unknown');
    const listed = async (query: string) =>
      (await librarian.get(`/api/admin/documents${query}`)).data(documentPage).items.length;
    expect([await listed(''), await listed('?status=preview')]).toEqual([0, 1]);
    const chapters = async () =>
      (await librarian.get(path(preview.id, '/chapters'))).data(chapterPage).items;
    expect((await chapters()).map(({ ordinal, title }) => [ordinal, title])).toEqual([
      [1, '春卷'],
      [2, '秋卷'],
    ]);
    const shown = await librarian.get(path(preview.id, '/chapters/2/passages'));
    expect(shown.text).toContain('园丁扫叶煮酒');
    const again = await librarian.upload(asFile(gardenText()), {}, { dryRun: true });
    expect(again.data(documentView, 200).document.version).toBe(1);
    const named = await librarian.upload(asFile(gardenText()), { dynasty: '清' }, { dryRun: true });
    expect(named.data(documentView, 202).document).toMatchObject({
      ...{ id: preview.id, version: 2, status: 'preview', title: '小园记', dynasty: '清' },
    });
    const nowhere = await librarian.call('PATCH', path(preview.id), {
      chapters: [
        { ordinal: 2, title: '秋声' },
        { ordinal: 7, skip: true },
      ],
    });
    expect(nowhere.failure()).toMatchObject({
      ...{ status: 400, error: 'invalid_input' },
      details: [{ path: 'chapters.1.ordinal', message: '没有第 7 节' }],
    });
    const corrected = await librarian.call('PATCH', path(preview.id), {
      author: '园主',
      chapters: [
        { ordinal: 1, skip: true },
        { ordinal: 2, title: '秋声' },
      ],
    });
    expect(corrected.data(documentView, 202).job).not.toBeNull();
    expect(await librarian.settled(preview.id)).toMatchObject({
      status: 'preview',
      author: '园主',
    });
    expect((await chapters()).map(({ title, skipped }) => [title, skipped])).toEqual([
      ['春卷', true],
      ['秋声', false],
    ]);
    const going = await librarian.post(path(preview.id, '/publish'));
    expect(going.data(documentView, 202).document.id).toBe(preview.id);
    expect(await librarian.settled(preview.id)).toMatchObject({
      status: 'published',
      chapterCount: 1,
    });
    expect((await desk.search('梧桐先凋'))[0]).toMatchObject({ chapter: '秋声', author: '园主' });
    expect(desk.verdictOn('种梅一株竹数十竿')).toBe('unknown');
    expect((await librarian.post(path(preview.id, '/publish'))).failure().status).toBe(409);
    const begun = await librarian.get(path(preview.id, '/chapters/2/passages'));
    expect(begun.text).toContain('园丁扫叶煮酒');
  });

  test('keep what has not changed in a new version, and old citations open', async () => {
    const { librarian, path } = desk;
    const first = await librarian.publish(asFile(gardenText()));
    const before = await desk.passages(first.workId);
    const [spring = '', pond = ''] = garden.春卷;
    const changed = { ...garden, 春卷: [spring, pond.replace('饮茶论古', '弹琴赋诗')] };
    const reply = await librarian.upload(asFile(gardenText(changed)));
    expect(reply.data(documentView, 202).document).toMatchObject({ id: first.id, version: 2 });
    const second = await librarian.settled(first.id);
    expect(second).toMatchObject({ status: 'published', version: 2, workId: first.workId });
    const after = new Map((await desk.passages(first.workId)).map(({ id, text }) => [id, text]));
    const gone = before.filter(({ id }) => !after.has(id));
    expect(gone.map(({ text }) => text.includes('饮茶论古'))).toEqual([true]);
    expect(after.size).toBe(before.length);
    expect(desk.verdictOn('弹琴赋诗不知日之将夕')).toBe('exact');
    expect(desk.verdictOn('与客饮茶论古不知日之将夕')).not.toBe('exact');
    const cited = (await read(`/passages/${gone[0]?.id}`)).data(
      contract.passageReading.extend({
        passage: contract.passage.extend({ retired: z.literal(true) }),
      }),
    );
    expect(cited).toMatchObject({ previous: null, next: null, passage: { text: gone[0]?.text } });
    await desk.inStep();
    // Back again: what was retired is there under its old id.
    await librarian.upload(asFile(gardenText()));
    await librarian.settled(first.id);
    expect(await desk.passages(first.workId)).toEqual(before);
    await desk.inStep();
    await desk.delete(first.id);
    expect((await read(`/passages/${gone[0]?.id}`)).status).toBe(404);
    expect((await librarian.get(path(first.id))).status).toBe(404);
  });

  test('of the name of another text wait until somebody says what they are', async () => {
    const { librarian, path } = desk;
    const first = await librarian.publish(asFile(gardenText()));
    const before = await desk.passages(first.workId);
    const hill = '山行十里，松声满谷，日暮投宿野寺。';
    const other = asFile(
      gardenText({ 山卷: [hill, '子曰：善哉。'], 别卷: [hill, '子曰：善哉。'] }),
    );
    const { document } = (await librarian.upload(other)).data(documentView, 202);
    expect(document.id).toBe(first.id);
    expect(await librarian.settled(first.id)).toMatchObject({
      ...{ status: 'preview', version: 2, publishedVersion: 1 },
      duplicates: {
        former: { passages: before.length, kept: 0 },
        repeated: { count: 1, examples: [`${hill} 子曰：善哉。`] },
      },
    });
    expect((await librarian.post(path(first.id, '/reindex'))).failure()).toMatchObject({
      ...{ status: 409, message: expect.stringContaining('新版本') },
    });
    expect(await desk.passages(first.workId)).toEqual(before);
    expect(desk.verdictOn('松声满谷日暮投宿野寺')).toBe('unknown');
    await librarian.post(path(first.id, '/publish'));
    expect((await librarian.settled(first.id)).status).toBe('published');
    expect(desk.verdictOn('松声满谷日暮投宿野寺')).toBe('exact');
    // Who says which document it is to replace has said enough.
    await librarian.upload(asFile(gardenText()), { replaces: first.id });
    expect((await librarian.settled(first.id)).status).toBe('published');
    expect((await desk.passages(first.workId)).map(({ text }) => text).sort()).toEqual(
      before.map(({ text }) => text).sort(),
    );
    await desk.inStep();
    await desk.delete(first.id);
  });

  test('are renamed without being read anew, and read anew when that is wanted', async () => {
    const { librarian, path } = desk;
    const upload = await librarian.upload(asFile(gardenText()), { author: '某生', dynasty: '清' });
    const first = await librarian.settled(upload.data(documentView, 202).document.id);
    const before = await desk.passages(first.workId);
    const renamed = await librarian.call('PATCH', path(first.id), {
      title: '城南园记',
      ...{ author: '某', dynasty: '明' },
    });
    expect(renamed.data(documentView, 202)).toMatchObject({
      ...{ job: null, document: { title: '城南园记', version: 1, status: 'published' } },
    });
    const now = { work: '城南园记', author: '某', dynasty: '明' };
    expect((await desk.search('梧桐先凋'))[0]).toMatchObject(now);
    const again = await librarian.post(path(first.id, '/reindex'));
    expect(again.data(documentView, 202).job?.status).toMatch(/queued|running/);
    expect(await librarian.settled(first.id)).toMatchObject({
      status: 'published',
      title: '城南园记',
    });
    expect(await desk.passages(first.workId)).toEqual(before);
    await desk.inStep();
    // The file is still the same document's, although nobody says who wrote it.
    const punctuated = asFile(gardenText().replace('天地在焉。', '天地在焉！'));
    const changed = (await librarian.upload(punctuated)).data(documentView, 202).document;
    expect(changed).toMatchObject({ id: first.id, title: '城南园记', author: '某' });
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'published', version: 3 });
    const chapters = [
      { ordinal: 1, author: '园丁' },
      { ordinal: 2, joinPrevious: true },
    ];
    await librarian.call('PATCH', path(first.id), { chapters });
    expect(await librarian.settled(first.id)).toMatchObject({
      status: 'published',
      chapterCount: 1,
    });
    await desk.inStep();
    await librarian.call('PATCH', path(first.id), { author: '又某' });
    const own = { work: '城南园记', author: '园丁', dynasty: '明' };
    expect((await desk.search('梧桐先凋'))[0]).toMatchObject(own);
    expect((await librarian.call('PATCH', path(first.id), {})).failure().status).toBe(400);
    expect(document.parse((await librarian.view(first.id)).document).version).toBe(4);
    expect(job.parse((await librarian.view(first.id)).job).status).toBe('done');
  });

  inOneMode(mode, () => {
    test('keep what was corrected where another file has the same chapters', async () => {
      const { librarian, path } = desk;
      const first = await librarian.upload(asFile(gardenText()), {}, { dryRun: true });
      const { id } = first.data(documentView, 202).document;
      const chapters = [
        { ordinal: 1, skip: true },
        { ordinal: 2, title: '秋声' },
      ];
      await librarian.call('PATCH', path(id), { chapters });
      await librarian.settled(id);
      const [spring = ''] = garden.春卷;
      const changed = {
        ...{ 序: ['此园之记，凡二卷，友人为之序。'], 春卷: [spring, '园中无池。'] },
        秋卷: garden.秋卷.map((text) => `是年${text}`),
      };
      const next = await librarian.upload(asFile(gardenText(changed)), {}, { dryRun: true });
      const { document } = next.data(documentView, 202);
      expect(document).toMatchObject({ id, corrections: 1, correctionsLost: 1, chapterCount: 2 });
      const found = (await librarian.get(path(id, '/chapters'))).data(chapterPage).items;
      expect(found.map(({ title, skipped }) => [title, skipped])).toEqual([
        ['序', false],
        ['春卷', true],
        ['秋卷', false],
      ]);
    });
  });
});
