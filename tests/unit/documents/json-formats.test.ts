import { jest } from '@jest/globals';
import iconv from 'iconv-lite';
import { readBack } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

const LEARN = '子曰：「學而時習之，不亦說乎？有朋自遠方來，不亦樂乎？人不知而不慍，不亦君子乎？」';
const RULE = '子曰：「為政以德，譬如北辰，居其所而眾星共之。」';
const STUDY = '子曰：「学而不思则罔，思而不学则殆。」';

describe('JSON', () => {
  it.each<[string, unknown, Record<string, string[]>]>([
    [
      'poems',
      [
        { title: '静夜思', author: '李白', paragraphs: ['床前明月光，疑是地上霜。'] },
        { author: '杜甫', paragraphs: ['两个黄鹂鸣翠柳，一行白鹭上青天。'], title: '绝句' },
      ],
      { 静夜思: ['床前明月光，疑是地上霜。'], 绝句: ['两个黄鹂鸣翠柳，一行白鹭上青天。'] },
    ],
    [
      'songs, called by their tunes',
      [{ author: '苏轼', paragraphs: ['明月几时有，把酒问青天。'], rhythmic: '水调歌头' }],
      { 水调歌头·明月几时有: ['明月几时有，把酒问青天。'] },
    ],
    ['chapters', [{ chapter: '学而篇', paragraphs: [LEARN, RULE] }], { 学而篇: [LEARN, RULE] }],
    ['one text', { chapter: '大学', paragraphs: [STUDY] }, { 大学: [STUDY] }],
    [
      'volumes with chapters',
      {
        title: '声律启蒙',
        content: [
          { title: '上卷', content: [{ chapter: '一东', paragraphs: ['云对雨，雪对风。'] }] },
        ],
      },
      { 上卷·一东: ['云对雨，雪对风。'] },
    ],
    [
      'poems in sections',
      [{ title: '关雎', chapter: '国风', section: '周南', content: ['关关雎鸠，在河之洲。'] }],
      { 国风·周南·关雎: ['关关雎鸠，在河之洲。'] },
    ],
    [
      'texts',
      [{ text: STUDY }, { text: RULE }, { text: LEARN }],
      { 测试之书: [STUDY, RULE, LEARN] },
    ],
    ['contents', [{ content: STUDY, comment: ['好。'] }], { 测试之书: [STUDY] }],
    ['strings', [STUDY, RULE], { 测试之书: [STUDY, RULE] }],
    [
      'rows of one chapter',
      [
        { 篇: '为政', 原文: STUDY },
        { 篇: '为政', 原文: RULE },
      ],
      { 为政: [STUDY, RULE] },
    ],
    [
      'a work as this program writes it',
      {
        title: '论语',
        slug: 'lunyu',
        aliases: ['孔子'],
        chapters: [{ title: '学而篇', author: null, form: 'sayings', paragraphs: [LEARN] }],
      },
      { 学而篇: [LEARN] },
    ],
    [
      'lists under their titles',
      { 学而: [LEARN, STUDY], 为政: [RULE] },
      { 学而: [LEARN, STUDY], 为政: [RULE] },
    ],
    [
      'lists under their titles, in volumes of a book',
      { title: '论语', 上论: { 学而: [LEARN], 为政: [RULE] }, 下论: { 先进: [STUDY] } },
      { 上论·学而: [LEARN], 上论·为政: [RULE], 下论·先进: [STUDY] },
    ],
    [
      'lists beside a text',
      { 注释: ['罔：迷惘'], 原文: [STUDY], 出处: ['为政'] },
      { 测试之书: [STUDY] },
    ],
    [
      'data under other names',
      { code: 0, data: { list: [{ name: '学而', body: LEARN }] } },
      { 学而: [LEARN] },
    ],
  ])('of %s', async (_, json, book) => {
    expect((await readBack('a.json', JSON.stringify(json))).book).toEqual(book);
  });

  it('as lines that are a volume each, with its own title', async () => {
    const volume = (title: string, text: string) =>
      JSON.stringify({ title, chapters: [{ title: '其一', paragraphs: [text] }] });
    const text = [volume('上卷', RULE), volume('下卷', STUDY)].join('\n');
    expect((await readBack('a.json', text)).book).toEqual({
      上卷·其一: [RULE],
      下卷·其一: [STUDY],
    });
    const whole = await readBack('a.json', `${volume('上卷', RULE)}\n`);
    expect(Object.keys(whole.book)).toEqual(['其一']);
  });

  it('as lines of JSON, and in another encoding', async () => {
    const lines = [
      { title: '一章', text: STUDY },
      { title: '二章', text: RULE },
    ];
    const text = lines.map((line) => JSON.stringify(line)).join('\n');
    const book = { 一章: [STUDY], 二章: [RULE] };
    expect((await readBack('a.jsonl', text)).book).toEqual(book);
    expect((await readBack('a.json', iconv.encode(text, 'gb18030'))).book).toEqual(book);
  });

  it('says which fields it leaves out', async () => {
    const { report } = await readBack(
      'a.json',
      JSON.stringify([{ text: STUDY, notes: ['罔：迷惘'] }]),
    );
    expect(report.skipped).toEqual([
      { reason: '未收字段「notes」', count: 1, example: '罔：迷惘' },
    ]);
  });

  it('of texts with their translations', async () => {
    const read = await readBack(
      'a.json',
      JSON.stringify([
        {
          title: '甲',
          paragraphs: ['学而不思则罔，', '思而不学则殆。'],
          translation: ['只学。', '只想。'],
        },
        { title: '乙', 原文: RULE, 译文: '用道德治理国政。' },
        { title: '丙', source: STUDY, target: '学与思。' },
      ]),
    );
    expect(read.passages.map(({ translation }) => translation)).toEqual([
      '只学。\n只想。',
      '用道德治理国政。',
      '学与思。',
    ]);
    expect(read.report.translated).toBe(3);
  });

  it('gives every poem its own author, and what is called alike names of its own', async () => {
    const poem = (author: string, line: string) => ({ title: '春怨', author, paragraphs: [line] });
    const read = await readBack(
      'a.json',
      JSON.stringify([
        poem('金昌绪', '打起黄莺儿，莫教枝上啼。'),
        poem('刘方平', '纱窗日落渐黄昏，金屋无人见泪痕。'),
        poem('刘方平', '朝日残莺伴妾啼，开帘只见草萋萋。'),
      ]),
    );
    expect(read.chapters.map(({ title, author }) => [title, author])).toEqual([
      ['春怨', '金昌绪'],
      ['春怨（刘方平）', '刘方平'],
      ['春怨（刘方平）·其二', '刘方平'],
    ]);
  });
});
