import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import { jest } from '@jest/globals';
import { runIngest } from '../../backend/ingest/run-ingest.ts';
import { WITH_ADMIN } from '../support/administrator.ts';
import { type DocumentDesk, gardenText, openDesk } from '../support/document-desk.ts';
import { openSpace } from '../support/service-space.ts';

jest.setTimeout(120_000);

/** A folder of books in the layout of the public parallel collection, and some files. */
async function layOutFiles(folder: string): Promise<void> {
  const chapter = (text: string, translation: string) =>
    `古文：${text}\n现代文：${translation}\n\n`;
  const books = {
    '双语数据/甲园记/春篇/bitext.txt': chapter(
      '春来鸟鸣其上，客至烹茶论古。',
      '春天到来，鸟在树上叫。',
    ),
    '双语数据/乙园记/上卷/秋篇/bitext.txt': chapter(
      '秋风既至，梧桐先凋。',
      '秋风一到，梧桐先落叶。',
    ),
    '小园记.md': gardenText(),
    '散叶/一.txt': '园虽小而天地在焉，主人笑而不答，但指池中云影。',
    '散叶/二.txt': '池中有石，石上可坐二三人，与客饮茶论古，不知日之将夕。',
    'bad.json': '{"text":',
  };
  for (const [name, text] of Object.entries(books)) {
    const file = path.join(folder, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
  }
}

/** The command as it is given at a terminal that is none. */
async function ingest(args: string[], environment: Record<string, string>) {
  const output = new PassThrough();
  let said = '';
  output.on('data', (text) => {
    said += text;
  });
  const code = await runIngest(args, {
    environment,
    input: new PassThrough() as never,
    output: output as never,
    signal: new AbortController().signal,
  });
  return { code, said };
}

describe('npm run ingest', () => {
  let folder: string;
  const file = (name: string) => path.join(folder, name);
  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'ingest-test-'));
    await layOutFiles(folder);
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  describe('while a service runs', () => {
    let desk: DocumentDesk;
    let environment: Record<string, string>;
    beforeAll(async () => {
      desk = await openDesk('embedded');
      environment = { ...WITH_ADMIN, PUBLIC_URL: desk.service.url };
    });
    afterEach(() => desk.clear());
    afterAll(() => desk.dispose());

    test('uploads a file, tells what was found in it, and knows it again', async () => {
      const first = await ingest([file('小园记.md'), '--author', '某生'], environment);
      expect(first).toMatchObject({ code: 0, said: expect.stringContaining('✓ 已发布') });
      expect(first.said).toContain('2 篇 · 4 段');
      expect((await desk.search('梧桐先凋'))[0]).toMatchObject({ work: '小园记', author: '某生' });
      const again = await ingest([file('小园记.md')], environment);
      expect(again).toMatchObject({ code: 0, said: expect.stringContaining('已经有了') });
    });

    test('makes one document of a folder, one a book of a collection', async () => {
      expect((await ingest([file('散叶')], environment)).code).toBe(0);
      expect((await desk.search('但指池中云影'))[0]).toMatchObject({ work: '散叶', chapter: '一' });
      const books = await ingest([file('双语数据')], environment);
      expect(books).toMatchObject({
        code: 0,
        said: expect.stringMatching(/《乙园记》[\s\S]*《甲园记》/),
      });
      const [found] = await desk.search('秋风既至');
      expect(found).toMatchObject({ work: '乙园记', chapter: '秋篇' });
    });

    test('only looks when asked to, and fails with a sentence', async () => {
      const dry = await ingest([file('小园记.md'), '--dry-run'], environment);
      expect(dry).toMatchObject({ code: 0, said: expect.stringContaining('还没有发布') });
      const bad = await ingest([file('bad.json'), file('散叶')], environment);
      expect(bad).toMatchObject({ code: 1, said: expect.stringContaining('JSON 格式有误') });
      expect(bad.said).toContain('✓ 已发布');
      const astray = await ingest([file('nowhere.txt'), file('小园记.md')], environment);
      expect(astray).toMatchObject({ code: 1, said: expect.stringContaining('✓ 已发布') });
      expect(astray.said).toMatch(/有 1 份没有收成：\n.*找不到 .*nowhere\.txt/);
      const wrong = { ...environment, ADMIN_PASSWORD: 'not the password' };
      expect((await ingest([file('散叶')], wrong)).code).not.toBe(0);
      const nobody = await ingest([file('散叶')], { PUBLIC_URL: desk.service.url });
      expect(nobody).toMatchObject({ code: 2, said: expect.stringContaining('ADMIN_EMAIL') });
    });

    test.each([
      [[], '没有说要收哪个文件'],
      [['/nowhere.txt'], '找不到'],
      [['--nonsense', 'a.txt'], '看不懂的选项'],
      [['a.txt', 'b.txt', '--title', '书'], '只能用于一份文献'],
      [['a.txt', '--url', 'http://127.0.0.1:9'], '找不到'],
    ])('is misused: %j', async (args, sentence) => {
      const { code, said } = await ingest(args, environment);
      expect([code, said]).toEqual([2, expect.stringContaining(sentence)]);
    });

    test('says how it is used', async () => {
      expect(await ingest(['--help'], {})).toMatchObject({
        code: 0,
        said: expect.stringContaining('用法'),
      });
    });
  });

  test('does the work itself where no service runs', async () => {
    const space = await openSpace('embedded');
    const environment = { ...space.environment, PUBLIC_URL: 'http://127.0.0.1:9' };
    const alone = await ingest([file('小园记.md')], { ...environment, LOG_LEVEL: 'silent' });
    expect(alone.said).toContain('由本程序自己处理');
    expect(alone.said).toMatch(/新建了管理员 .*密码/);
    expect(alone).toMatchObject({ code: 0, said: expect.stringContaining('✓ 已发布') });
    const refused = await ingest([file('bad.json')], { ...environment, LOG_LEVEL: 'silent' });
    expect(refused).toMatchObject({ code: 1, said: expect.stringContaining('JSON 格式有误') });
    const { services } = await space.start();
    const [checked] = await services.library.verifyQuotes(['园虽小而天地在焉']);
    expect(checked?.verdict).toBe('exact');
    const inUse = await ingest([file('小园记.md')], { ...environment, LOG_LEVEL: 'silent' });
    expect(inUse).toMatchObject({ code: 2, said: expect.stringContaining('请用 --url') });
    await space.dispose();
  });
});
