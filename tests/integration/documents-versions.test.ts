import { jest } from '@jest/globals';
import {
  asFile,
  type DocumentDesk,
  garden,
  gardenText,
  openDesk,
} from '../support/document-desk.ts';
import { documentView } from '../support/documents.ts';
import { describeInOneMode } from '../support/service-space.ts';
import { smallWorks } from '../support/small-corpus.ts';

jest.setTimeout(120_000);

const [spring = '', pond = ''] = garden.春卷;
const mended = { ...garden, 春卷: [spring, pond.replace('饮茶', '烹茶')] };
const HILL = { 山卷: ['山行十里，松声满谷，日暮投宿野寺。'], 寺卷: ['僧煮笋以饷客，言笑甚欢。'] };
/** Says itself who wrote it. */
const signed = (text: string) => text.replace('# 小园记', '# 小园记\n\n作者：某生');

describeInOneMode('which document a file is a version of', (mode) => {
  let desk: DocumentDesk;
  beforeAll(async () => {
    desk = await openDesk(mode);
  });
  afterEach(() => desk.clear());
  afterAll(() => desk.dispose());

  const previewed = async (text: string, name = '小园记.md') => {
    const reply = await desk.librarian.upload(asFile(text, name), {}, { dryRun: true });
    return desk.librarian.settled(reply.data(documentView, 202).document.id);
  };

  test('is known by what it says of its author, whoever an administrator says it was', async () => {
    const { librarian, path } = desk;
    const first = await librarian.publish(asFile(signed(gardenText())));
    expect(first).toMatchObject({ title: '小园记', author: '某生' });
    await librarian.call('PATCH', path(first.id), { title: '城南园记', author: '园主' });
    const next = asFile(signed(gardenText(mended)), '新抄本.md');
    const { document } = (await librarian.upload(next)).data(documentView, 202);
    expect(document).toMatchObject({ id: first.id, title: '城南园记', author: '园主' });
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'published', version: 2 });
    const third = asFile(signed(gardenText()), '又抄本.md');
    expect((await librarian.upload(third)).data(documentView, 202).document.id).toBe(first.id);
    await librarian.settled(first.id);
  });

  test('is known by the names it came with, which were corrected before anybody read it', async () => {
    const { librarian, path } = desk;
    const { id } = await previewed(signed(gardenText()), '无题.md');
    await librarian.call('PATCH', path(id), { title: '城南园记', author: '园主' });
    await librarian.settled(id);
    await librarian.post(path(id, '/publish'));
    await librarian.settled(id);
    const next = asFile(signed(gardenText(mended)), '别名.md');
    expect((await librarian.upload(next)).data(documentView, 202).document.id).toBe(id);
    expect(await librarian.settled(id)).toMatchObject({ status: 'published', title: '城南园记' });
  });

  test('is no other text that is only looked at, though both bear one name', async () => {
    const { librarian } = desk;
    const first = await previewed(gardenText());
    const hill = gardenText(HILL);
    const second = await previewed(hill);
    expect(second.id).not.toBe(first.id);
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'preview', version: 1 });
    await librarian.call('DELETE', desk.path(second.id));
    // What has much in common with one of them is another version of that one.
    expect(await previewed(gardenText(mended))).toMatchObject({ id: first.id, version: 2 });
  });

  test('is asked for where a third text would push out a second that waits', async () => {
    const { librarian } = desk;
    const first = await librarian.publish(asFile(gardenText()));
    const hill = gardenText(HILL);
    await librarian.upload(asFile(hill));
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'preview', version: 2 });
    const sea = gardenText({ 海卷: ['海舟千里，风涛壮阔，夜见灯火如星。', '舟子击楫而歌。'] });
    const reply = (await librarian.upload(asFile(sea))).failure();
    expect(reply).toMatchObject({ status: 409, message: expect.stringContaining('新版本') });
    const longer = gardenText({ ...HILL, 月卷: ['月出东岭，照我衣裳，归路可辨。'] });
    const next = (await librarian.upload(asFile(longer))).data(documentView, 202).document;
    expect(next).toMatchObject({ id: first.id, version: 3 });
    await librarian.settled(first.id);
  });

  test('is read anew under the name of another format, where the first reading came to nothing', async () => {
    const { librarian } = desk;
    const text = gardenText();
    const wrong = (await librarian.upload(asFile(text, '小园记.json'))).data(documentView, 202);
    expect(await librarian.settled(wrong.document.id)).toMatchObject({ status: 'failed' });
    const right = (await librarian.upload(asFile(text, '小园记.md'))).data(documentView, 202);
    expect(await librarian.settled(right.document.id)).toMatchObject({
      ...{ id: wrong.document.id, status: 'published', format: 'md', chapterCount: 2 },
    });
    const again = await librarian.upload(asFile(text, '小园记.txt'));
    expect(again.data(documentView, 200).document.id).toBe(right.document.id);
  });

  test('has the ids of its passages by what the file says, whatever a chapter is called', async () => {
    const { librarian, path } = desk;
    const first = await librarian.publish(asFile(gardenText()));
    const before = await desk.passages(first.workId);
    const chapters = [{ ordinal: 1, title: '春日' }];
    await librarian.call('PATCH', path(first.id), { chapters });
    expect(await librarian.settled(first.id)).toMatchObject({ status: 'published', version: 2 });
    expect(await desk.passages(first.workId)).toEqual(before);
    expect((await desk.search('种梅一株'))[0]).toMatchObject({ chapter: '春日' });
    await desk.inStep();
  });

  test('keeps at least one chapter, or nothing is changed', async () => {
    const { librarian, path } = desk;
    const { id } = await previewed(gardenText());
    const chapters = [1, 2].map((ordinal) => ({ ordinal, skip: true }));
    const refused = (await librarian.call('PATCH', path(id), { chapters })).failure();
    expect(refused).toMatchObject({
      ...{ status: 400, error: 'invalid_input' },
      details: [{ path: 'chapters', message: expect.stringContaining('至少') }],
    });
    expect((await librarian.view(id)).document).toMatchObject({ status: 'preview', version: 1 });
    await librarian.call('PATCH', path(id), { chapters: chapters.slice(1) });
    expect(await librarian.settled(id)).toMatchObject({ status: 'preview', chapterCount: 1 });
    const rest = await librarian.call('PATCH', path(id), { chapters: chapters.slice(0, 1) });
    expect(rest.failure().status).toBe(400);
  });

  test('is the same as a work that the service came with, whatever its lines and marks', async () => {
    const [work] = smallWorks;
    const chapters = work?.chapters ?? [];
    const text = chapters.flatMap(({ title, paragraphs }) => [`## ${title}`, ...paragraphs]);
    const bare = text.join('\n\n').replaceAll('，', '、');
    const { duplicates } = await previewed(`# 另一个名字\n\n${bare}`);
    expect(duplicates).toMatchObject({ document: null, work: { title: work?.title } });
    const less = await previewed(`# 又一个名字\n\n${text.slice(0, 2).join('\n\n')}`);
    expect(less.duplicates).toMatchObject({ work: null });
  });
});
