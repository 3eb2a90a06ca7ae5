import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { folderWorks } from '../../corpus/folder-works.ts';

describe('a folder of works', () => {
  let folder: string;

  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'corpus-'));
  });
  afterEach(() => rm(folder, { recursive: true }));

  const put = (file: string, content: unknown) =>
    writeFile(join(folder, file), typeof content === 'string' ? content : JSON.stringify(content));

  it('reads plain text: headings, paragraphs, lines broken for the eye', async () => {
    await put(
      '孝经.txt',
      '\ufeff# 开宗明义章\r\n仲尼居，\r\n曾子侍。\r\n\r\n子曰：“先王有至德要道。”\r\n# 天子章\r\n爱亲者不敢恶于人。\r\n',
    );
    const [source] = await folderWorks(folder);
    expect(source?.title).toBe('孝经');
    expect(source?.slug).toMatch(/^work-[0-9a-f]{12}$/u);
    expect((await source?.read())?.chapters).toMatchObject([
      { title: '开宗明义章', paragraphs: ['仲尼居，曾子侍。', '子曰：“先王有至德要道。”'] },
      { title: '天子章', paragraphs: ['爱亲者不敢恶于人。'] },
    ]);
  });

  it('reads a work as JSON and fills in what it leaves out', async () => {
    await put('laozi.json', {
      title: '老子',
      author: '老聃',
      chapters: [{ title: '一章', paragraphs: ['道可道，\n非常道。'] }],
    });
    const [source] = await folderWorks(folder);
    expect(await source?.read()).toMatchObject({
      slug: 'laozi',
      category: '自备',
      aliases: [],
      chapters: [
        { author: '老聃', dynasty: null, form: 'prose', paragraphs: ['道可道，', '非常道。'] },
      ],
    });
  });

  it('names file and field when a work is not as it should be', async () => {
    await put('bad.json', { title: '老子', chapters: [{ title: '一章', paragraphs: [7] }] });
    await expect(folderWorks(folder)).rejects.toThrow(/bad\.json.*chapters\.0\.paragraphs\.0/u);
    await put('bad.json', '{');
    await expect(folderWorks(folder)).rejects.toThrow(/bad\.json is not JSON/u);
  });

  it('refuses an empty folder, an empty text and two works of one name', async () => {
    await expect(folderWorks(folder)).rejects.toThrow(/holds no/u);
    await put('a.txt', '\n');
    await expect(folderWorks(folder)).rejects.toThrow(/a\.txt holds no text/u);
    await put('a.txt', '天地玄黄。');
    await put('a.json', { title: '甲', chapters: [{ title: '一', paragraphs: ['宇宙洪荒。'] }] });
    await expect(folderWorks(folder)).rejects.toThrow(/slug: a is taken/u);
  });
});
