import { randomUUID } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { request } from 'node:http';
import { jest } from '@jest/globals';
import { z } from 'zod';
import { allAtOnce } from '../support/all-at-once.ts';
import * as contract from '../support/contract-schemas.ts';
import {
  asFile,
  type DocumentDesk,
  garden,
  gardenText,
  longText,
  openDesk,
} from '../support/document-desk.ts';
import { documentView, job } from '../support/documents.ts';
import { eventually } from '../support/eventually.ts';
import { visit } from '../support/service-client.ts';
import {
  describeInBothModes,
  describeWithServers,
  inOneMode,
  openSpace,
} from '../support/service-space.ts';

jest.setTimeout(120_000);

const MIB = 1024 * 1024;
const log = asFile(longText(700), '江行日录.md');
/** So long that its vectors are not all there before somebody can want it stopped. */
const long = asFile(longText(3_000), '江行日录.md');
/** Found in the first and in the last line of it, by words that stand nowhere else. */
const PROBES = ['第一日舟行一〇里', '第六九九日舟行四八九六里'];

const checked = z.object({
  sound: z.boolean(),
  records: z.record(z.string(), z.int()),
  vectors: z.record(
    z.string(),
    z.object({ orphans: z.int(), missing: z.int(), pending: z.int() }).nullable(),
  ),
  index: z.object({ works: z.int() }),
});

async function checkLibrary({ librarian }: DocumentDesk): Promise<z.infer<typeof checked>> {
  const reply = await librarian.post('/api/admin/library/check');
  const { id } = reply.data(z.object({ job }), 202).job;
  let seen = reply.data(z.object({ job }), 202).job;
  await eventually('the check is over', async () => {
    seen = (await librarian.get(`/api/admin/jobs/${id}`)).data(job);
    return seen.status === 'done' || seen.status === 'failed';
  });
  expect(seen).toMatchObject({ kind: 'check-library', status: 'done' });
  return checked.parse(seen.result);
}

describeInBothModes('a text on its way into the library', (mode) => {
  let desk: DocumentDesk;
  beforeAll(async () => {
    desk = await openDesk(mode);
  });
  afterEach(() => desk.clear());
  afterAll(() => desk.dispose());

  const isBusyWith = (id: string, stage: string) =>
    eventually(
      `it is ${stage}`,
      async () => {
        const seen = (await desk.librarian.view(id)).job;
        return seen?.stage === stage || seen?.status === 'done';
      },
      20_000,
    );

  test('is found whole or not at all, at its first publication and at each later one', async () => {
    const { librarian } = desk;
    const seen: string[] = [];
    const lookOnce = () => {
      const ofOld = PROBES.map((probe) => desk.verdictOn(probe)).join();
      const ofNew = PROBES.map((probe) => desk.verdictOn(probe.replace('舟', '车'))).join();
      seen.push(`${ofOld}|${ofNew}`.replaceAll('variant', 'unknown'));
      return `${ofOld}${ofNew}`;
    };
    let looking = true;
    const look = async () => {
      while (looking) {
        lookOnce();
        const hits = await desk.search('泊于滩下夜闻渔歌');
        if (hits.some(({ work }) => work === '江行日录')) expect(lookOnce()).toContain('exact');
      }
    };
    const watching = look();
    const first = await librarian.publish(log);
    lookOnce();
    const replaced = asFile(longText(700).replaceAll('舟行', '车行'), '江行日录.md');
    await librarian.upload(replaced, { replaces: first.id });
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'published', version: 2 });
    looking = false;
    await watching;
    lookOnce();
    const changes = seen.filter((state, at) => state !== seen[at - 1]);
    expect(changes).toEqual([
      'unknown,unknown|unknown,unknown',
      'exact,exact|unknown,unknown',
      'unknown,unknown|exact,exact',
    ]);
  });

  test('comes there once when two workers read it at the same time', async () => {
    const { librarian, service } = desk;
    const { knex } = service.platform.database;
    const view = (await librarian.upload(log, {}, { dryRun: true })).data(documentView, 202);
    const { id } = await librarian.settled(view.document.id);
    const row = await knex('documents').where({ id }).first();
    const payload = { documentId: id, version: 1, until: 'published' as const };
    const context = () => ({
      jobId: row.job_id,
      report: async () => undefined,
      setResult: () => undefined,
      signal: new AbortController().signal,
    });
    const { ingestion } = service.services.documents;
    const runs = await Promise.allSettled(
      Array.from({ length: 3 }, () => ingestion.ingest(payload, context())),
    );
    expect(runs.filter(({ status }) => status === 'fulfilled').length).toBeGreaterThan(0);
    for (const run of runs) {
      if (run.status === 'rejected') expect(run.reason.name).toBe('Superseded');
    }
    const { document } = await librarian.view(id);
    expect(document).toMatchObject({ status: 'published', version: 1 });
    expect(await desk.passages(document.workId)).toHaveLength(document.passageCount);
    await desk.inStep();
  });

  test('leaves nothing when it is deleted under way, and Chroma is tidied once', async () => {
    const { librarian, service } = desk;
    const removals = async () =>
      (await service.platform.database.knex('jobs').where({ kind: 'remove-vectors' })).length;
    for (const stage of ['received', 'parsed', 'embedded']) {
      const before = await removals();
      const { id } = (await librarian.upload(log)).data(documentView, 202).document;
      await isBusyWith(id, stage);
      await desk.clear();
      await eventually('the vectors are removed', async () => (await removals()) > before);
      expect((await removals()) - before).toBe(1);
    }
  });

  test('is stopped when that is wanted, and taken up again', async () => {
    const { librarian, path } = desk;
    const begun = (await librarian.upload(long)).data(documentView, 202);
    const { id } = begun.document;
    await isBusyWith(id, 'embedded');
    expect((await librarian.post(path(id, '/publish'))).failure().status).toBe(409);
    await librarian.post(`/api/admin/jobs/${begun.job?.id}/cancel`);
    const stopped = await librarian.settled(id);
    expect(stopped).toMatchObject({ status: 'cancelled', workId: null, error: null });
    await desk.inStep();
    await librarian.post(`/api/admin/jobs/${begun.job?.id}/retry`);
    expect(await librarian.settled(id)).toMatchObject({ status: 'published', version: 1 });
    await desk.inStep();
    const before = await desk.passages((await librarian.view(id)).document.workId);
    const next = asFile(longText(3_000, '马'), '江行日录.md');
    const again = (await librarian.upload(next, { replaces: id })).data(documentView, 202);
    await isBusyWith(id, 'embedded');
    await librarian.post(`/api/admin/jobs/${again.job?.id}/cancel`);
    expect(await librarian.settled(id)).toMatchObject({ status: 'published', version: 1 });
    expect(await desk.passages((await librarian.view(id)).document.workId)).toEqual(before);
    await desk.inStep();
  });

  test('goes on where it was when the program is started again', async () => {
    const { librarian, service, space } = desk;
    const { id } = (await librarian.upload(log)).data(documentView, 202).document;
    await isBusyWith(id, 'embedded');
    await service.stop();
    desk = await openDesk(mode, { space, environment: {} });
    const document = await desk.librarian.settled(id);
    expect(document).toMatchObject({ status: 'published' });
    expect(desk.verdictOn(PROBES[1] ?? '')).toBe('exact');
    await desk.inStep();
  });

  inOneMode(mode, () => {
    const folder = () => readdir(desk.service.services.spoolFolder);

    test.each([
      ['遗书.pdf', '%PDF-1.7', 415, 'unsupported_media'],
      ['空.txt', '', 422, 'unreadable_document'],
      ['假.txt', Buffer.from('PK\u0003\u0004rest'), 422, 'unreadable_document'],
      ['', '学而时习之', 400, 'invalid_input'],
    ])('is refused at the door: «%s»', async (name, text, status, error) => {
      const reply = await desk.librarian.upload({ name, text });
      expect(reply.failure()).toMatchObject({ status, error });
      expect(await folder()).toEqual([]);
    });

    test('is refused above 50 MB, whether or not that is said beforehand', async () => {
      const large = { name: '大.txt', text: Buffer.alloc(51 * MIB, '学') };
      expect((await desk.librarian.upload(large)).failure()).toMatchObject({
        ...{ status: 413, error: 'payload_too_large' },
      });
      expect(await folder()).toEqual([]);
    });

    test('needs a form, a file, and fields that make sense', async () => {
      const { librarian } = desk;
      const json = await librarian.post('/api/admin/documents', { title: '无' });
      expect(json.failure()).toMatchObject({ status: 415, error: 'unsupported_media' });
      const file = asFile(gardenText());
      const wrong = await librarian.upload(file, {
        form: 'song',
        replaces: 'old',
        title: '长'.repeat(101),
      });
      expect(
        wrong
          .failure()
          .details?.map((each) => each.path)
          .sort(),
      ).toEqual(['form', 'replaces', 'title']);
      const nowhere = await librarian.upload(file, { replaces: randomUUID() });
      expect(nowhere.failure().status).toBe(404);
    });

    test('leaves nothing when whoever sends it goes away', async () => {
      const { url, platform } = desk.service;
      const sending = request(`${url}/api/admin/documents`, {
        method: 'POST',
        headers: {
          ...{
            authorization: `Bearer ${desk.librarian.token}`,
            'content-length': String(10 * MIB),
          },
          'content-type': 'multipart/form-data; boundary=b',
        },
      });
      sending.on('error', () => undefined);
      sending.write('--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n');
      sending.write('学'.repeat(50_000));
      await eventually('it begins to arrive', async () => (await folder()).length === 1);
      sending.destroy();
      await eventually('nothing is left of it', async () => (await folder()).length === 0);
      expect(await platform.database.knex('document_files').select('id')).toEqual([]);
    });

    test('says of itself what is wrong with it, and what has gone wrong can be mended', async () => {
      const { librarian, path } = desk;
      const latin = await librarian.upload({
        name: 'lorem.txt',
        text: 'lorem ipsum dolor '.repeat(50),
      });
      const failed = await librarian.settled(latin.data(documentView, 202).document.id);
      expect(failed).toMatchObject({ status: 'failed', workId: null });
      expect(failed.error).toMatch(/汉字|正文/);
      expect((await librarian.view(failed.id)).job).toMatchObject({
        status: 'failed',
        error: failed.error,
      });
      const refused = (await librarian.post(path(failed.id, '/publish'))).failure();
      expect(refused).toMatchObject({ status: 422, message: failed.error });
      const good = await librarian.upload(asFile(gardenText()), { replaces: failed.id });
      expect(good.data(documentView, 202).document.id).toBe(failed.id);
      expect((await librarian.settled(failed.id)).status).toBe('published');
      const bad = await librarian.upload(
        { name: 'x.txt', text: 'dolor sit amet '.repeat(50) },
        { replaces: failed.id },
      );
      expect(bad.data(documentView, 202).document.version).toBe(3);
      expect(await librarian.settled(failed.id)).toMatchObject({
        status: 'failed',
        workId: expect.any(String),
      });
      expect(desk.verdictOn('园虽小而天地在焉')).toBe('exact');
      const back = await librarian.post(path(failed.id, '/revert'));
      expect(back.data(documentView).document).toMatchObject({
        status: 'published',
        version: 2,
        error: null,
      });
    });

    test('brings its translation along, which stays with the passage it belongs to', async () => {
      const { librarian, service } = desk;
      const csv = (second: string) =>
        [
          '原文,译文',
          '秋风既至，梧桐先凋。,秋风一到，梧桐树最先落叶。',
          `主人倚栏读离骚。,${second}`,
        ].join('\n');
      const first = await librarian.publish({
        name: '小园.csv',
        text: csv('主人靠着栏杆读《离骚》。'),
      });
      expect(first.report?.translated).toBeGreaterThan(0);
      const [passage] = await desk.passages(first.workId);
      const shown = async () =>
        (await visit(service.url).get(`/api/library/passages/${passage?.id}`)).data(
          z.object({ passage: contract.passage.extend({ readingSource: z.string().nullable() }) }),
        ).passage;
      expect(await shown()).toMatchObject({ readingSource: 'document' });
      expect((await shown()).translation).toContain('梧桐树最先落叶');
      const next = csv('房主靠着栏杆念《离骚》。');
      await librarian.upload({ name: '小园.csv', text: next }, { replaces: first.id });
      await librarian.settled(first.id);
      expect((await shown()).translation).toContain('房主');
    });

    test('is looked after: whatever is in the wrong place is found and put right', async () => {
      const { librarian, service } = desk;
      const { knex } = service.platform.database;
      const { vectors } = service.platform.vectorSpace;
      const { id, workId } = await librarian.publish(asFile(gardenText()));
      expect(await checkLibrary(desk)).toMatchObject({ sound: true, index: { works: 0 } });
      const listed = await librarian.get(`/api/admin/jobs?documentId=${id}`);
      expect(JSON.parse(listed.text).data.items[0]).toMatchObject({ documentTitle: '小园记' });
      const [kept, lost] = await desk.passages(workId);
      const [vector = []] = await service.platform.vectorSpace.embeddings.embedPassages(['孤']);
      const orphan = randomUUID();
      await vectors.upsert([{ id: orphan, workId: workId ?? '', vector }]);
      await vectors.delete([lost?.id ?? '']);
      const stray = { id: randomUUID(), workId: randomUUID(), work: '无', chapterId: randomUUID() };
      const passage = {
        ...stray,
        chapter: '无',
        author: null,
        dynasty: null,
        text: '子虚乌有之言也',
      };
      service.services.published.library.put({
        id: stray.workId,
        aliases: [],
        passages: [passage],
      });
      service.services.published.library.remove(workId ?? '');
      const work = await knex('works').where({ id: workId }).first();
      await knex('works').insert({
        ...work,
        aliases: '[]',
        id: stray.workId,
        slug: 'document-gone',
      });
      await knex('works').where({ id: workId }).update({ passage_count: 1 });
      const text = { version: 9, place: 1, chapter_id: orphan, n: 1, text: '孤', text_hash: '0' };
      await knex('staged_passages').insert({ document_id: id, id: orphan, ...text });
      const reading = { work_id: workId, source: 'machine', text_hash: '0', gist: '无' };
      await knex('passage_readings').insert({ ...reading, passage_id: kept?.id });
      await knex('passage_readings').insert({ ...reading, passage_id: orphan });
      const retired = { id: kept?.id, work_id: workId, chapter_title: '春卷', text: '旧' };
      await knex('retired_passages').insert(retired);
      const file = { id: orphan, name: 'x', format: 'txt', byte_size: 1, hash: 'x' };
      await knex('document_files').insert({ ...file, created_at: '2020-01-01T00:00:00Z' });
      const found = await checkLibrary(desk);
      expect(found.sound).toBe(false);
      expect(found.records).toEqual({
        ...{ worksWithoutDocument: 1, wrongCounts: 1, readingsWithoutPassage: 1 },
        ...{ outdatedReadings: 1, retiredButThere: 1, stagedForNothing: 1 },
        ...{ filesWithoutDocument: 1, strandedDocuments: 0 },
      });
      expect(Object.values(found.vectors)).toEqual([{ orphans: 1, missing: 1, pending: 0 }]);
      expect(found.index.works).toBe(2);
      expect(await checkLibrary(desk)).toMatchObject({ sound: true });
      expect(desk.verdictOn('园虽小而天地在焉')).toBe('exact');
      expect(desk.verdictOn('子虚乌有之言也')).toBe('unknown');
      await desk.inStep();
      await knex('works').where({ id: workId }).delete();
      expect((await checkLibrary(desk)).records.strandedDocuments).toBe(1);
      expect(await librarian.settled(id)).toMatchObject({ status: 'published', workId });
      expect((await desk.passages(workId)).length).toBeGreaterThan(1);
    });

    test('is taken in once when many send different words under one name', async () => {
      const texts = Array.from({ length: 4 }, (_, n) =>
        gardenText({ ...garden, 跋: [`此本第${n}次所钞，字句小异而已。`] }),
      );
      const replies = await allAtOnce(texts, 4, (text) => desk.librarian.upload(asFile(text)));
      expect(replies.map(({ status }) => status).sort()).toEqual([202, 409, 409, 409]);
      const { items } = (await desk.librarian.get('/api/admin/documents')).data(
        contract.pageOf(z.object({ id: z.guid() })),
      );
      expect(items).toHaveLength(1);
      await desk.librarian.settled(items[0]?.id ?? '');
    });
  });
});

describeWithServers('a text that comes while Chroma is away', () => {
  test('is published without vectors, which follow; one that is deleted leaves none', async () => {
    const space = await openSpace('services');
    const { proxy, environment } = await space.behindProxy('CHROMA_URL');
    const desk = await openDesk('services', { space, environment });
    const { librarian, service } = desk;
    await proxy.cut();
    const published = await librarian.publish(asFile(gardenText()));
    expect(published.status).toBe('published');
    expect((await desk.search('梧桐先凋'))[0]).toMatchObject({ work: '小园记' });
    await proxy.restore();
    await service.services.jobs.enqueue('complete-library', {});
    await desk.inStep();
    await proxy.cut();
    await desk.delete(published.id);
    expect(desk.verdictOn('园虽小而天地在焉')).toBe('unknown');
    await proxy.restore();
    await desk.clear();
    await desk.dispose();
  });
});
