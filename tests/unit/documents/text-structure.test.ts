import { jest } from '@jest/globals';
import type { ParseInput } from '../../../backend/documents/parsing/parse-document.ts';
import { prepareWork } from '../../../backend/library/prepare-work.ts';
import { createIrregularityLog } from '../../../corpus/irregularities.ts';
import { guessForm } from '../../../corpus/uploads/structure/guess-form.ts';
import { createTextStructure } from '../../../corpus/uploads/structure/text-structure.ts';
import { bookOf, LEARN, LONG, RULE, STUDY } from '../../support/plain-texts.ts';
import { docxOf, paragraphOf, readBack, zipOf } from '../../support/upload-files.ts';

jest.setTimeout(30_000);

describe('the paragraphs of a plain text', () => {
  it('are its lines', async () => {
    expect(await bookOf(`${LEARN}\n${RULE}\n${STUDY}\n`)).toEqual({
      测试之书: [LEARN, RULE, STUDY],
    });
  });

  it('are put together where a margin broke the lines', async () => {
    const paragraph = LONG.repeat(4);
    const wrapped = (text: string) => text.match(/.{1,24}/gu)?.join('\n') ?? '';
    const text = [paragraph, `又曰${paragraph}`, `故曰${paragraph}`].map(wrapped).join('\n\n');
    const book = await bookOf(text);
    const read = book.测试之书?.join('') ?? '';
    expect(read.replaceAll('\n', '')).toBe(`${paragraph}又曰${paragraph}故曰${paragraph}`);
    expect(book.测试之书?.every((passage) => /[。；]$/u.test(passage))).toBe(true);
  });

  it('begin where a line is indented', async () => {
    const text = `　　臣聞求木之長者，必固其根本，欲流之遠\n者，必浚其泉源。\n　　思國之安者，必積其德義。源不深而望流之\n遠，根不固而求木之長。\n　　德不厚而思國之理，臣雖下愚，知其不可，\n而況於明哲乎。\n`;
    const book = await bookOf(text, { form: 'sayings' });
    expect(book.测试之书).toEqual([
      '臣聞求木之長者，必固其根本，欲流之遠者，必浚其泉源。',
      '思國之安者，必積其德義。源不深而望流之遠，根不固而求木之長。',
      '德不厚而思國之理，臣雖下愚，知其不可，而況於明哲乎。',
    ]);
  });
});

describe('a text of many lines without punctuation', () => {
  /** Characters that were looked at by all tests of patterns. */
  function lookedAt(lines: number): number {
    const line = '天地玄黃宇宙洪荒日月盈昃辰宿列張寒來暑往';
    const profile = { layout: 'wrapped', width: line.length, punctuated: false } as const;
    const silent = { chapter: () => {}, paragraph: () => {}, drain: async () => {} };
    const structure = createTextStructure(
      {
        ...{ sink: silent, log: createIrregularityLog(), workTitle: '書', ownTitle: null },
        ...{ prefix: [], alone: true, untitled: '書' },
        ...{ noteEncoding: () => {}, noteFile: () => {} },
      },
      profile,
    );
    const { test } = RegExp.prototype;
    let looked = 0;
    RegExp.prototype.test = function (text) {
      looked += text.length;
      return test.call(this, text);
    };
    try {
      for (let n = 0; n < lines; n += 1) structure.line(line);
      structure.end();
    } finally {
      RegExp.prototype.test = test;
    }
    return looked;
  }

  it('takes ten times the work for ten times the lines', () => {
    expect(lookedAt(200_000) / lookedAt(20_000)).toBeCloseTo(10, 0);
  });
});

describe('the form of a chapter is guessed', () => {
  it.each([
    ['prose', ['臣聞求木之長者，必固其根本；欲流之遠者，必浚其泉源。']],
    ['prose', ['孟子曰：「無罪而殺士，則大夫可以去；無罪而戮民，則士可以徙。」']],
    ['prose', ['子張曰：「執德不弘，信道不篤，焉能為有？焉能為亡？」']],
    [
      'verse',
      ['明月幾時有，把酒問青天。', '不知天上宮闕，今夕是何年。', '白雲千里萬里，明月前溪後溪。'],
    ],
    ['verse', ['床前明月光，疑是地上霜。', '舉頭望明月，低頭思故鄉。']],
    ['verse', ['草木摇落兮露为霜，三峡之水兮流汤汤。', '我欲绝之兮恨无梁，邈佳人兮天一方。']],
    ['verse', ['兩個黃鸝鳴翠柳', '一行白鷺上青天', '窗含西嶺千秋雪', '門泊東吳萬里船']],
    ['verse', ['关关雎鸠，在河之洲。窈窕淑女，君子好逑。', '参差荇菜，左右流之。']],
    ['primer', Array.from({ length: 10 }, () => '人之初，性本善。')],
    ['sayings', [LEARN, RULE, STUDY]],
    [
      'dialogue',
      [
        '孟子見梁惠王。王曰：「叟！」',
        '曰：「有之。」',
        '曰：「何也？」',
        '孟子對曰：「王何必曰利？」',
      ],
    ],
    [
      'prose',
      [LONG, '凡百元首，承天景命，莫不殷憂而道著，功成而德衰。有善始者實繁，能克終者蓋寡。'],
    ],
    ['prose', []],
  ])('%s', (form, paragraphs) => {
    expect(guessForm(paragraphs)).toBe(form);
  });

  it('but what a person says counts more, and what the source says', async () => {
    const poem = JSON.stringify([
      { title: '甲', paragraphs: [LONG], form: 'sayings' },
      { title: '乙', paragraphs: [LONG] },
    ]);
    const formsOf = async (about: Partial<ParseInput>) =>
      (await readBack('a.json', poem, about)).chapters.map(({ form }) => form);
    expect(await formsOf({})).toEqual(['sayings', 'prose']);
    expect(await formsOf({ form: 'verse' })).toEqual(['verse', 'verse']);
    const chapters = [{ ordinal: 2, form: 'primer' as const }];
    expect(await formsOf({ form: 'verse', corrections: { chapters } })).toEqual([
      'verse',
      'primer',
    ]);
  });
});

describe('what an administrator corrects', () => {
  const text = `第一章\n${LEARN}\n第二章\n${RULE}\n第三章\n${STUDY}\n第四章\n${LONG}\n`;

  it('is a title, an author, a chapter too many, a chapter that goes on', async () => {
    const corrections = {
      chapters: [
        { ordinal: 1, title: '學而', author: '有子' },
        { ordinal: 2, skip: true },
        { ordinal: 4, joinPrevious: true },
      ],
    };
    const { chapters, book, report } = await readBack('a.txt', text, { corrections });
    expect(book).toEqual({ 學而: [LEARN], 第二章: [], 第三章: [`${STUDY}\n${LONG}`] });
    expect(
      chapters.map(({ ordinal, n, skipped, author }) => [ordinal, n, skipped, author]),
    ).toEqual([
      [1, 1, false, '有子'],
      [2, 0, true, null],
      [3, 2, false, null],
    ]);
    expect(chapters[1]).toMatchObject({ opening: RULE, passageCount: 1 });
    expect(report).toMatchObject({ chapters: 2, passages: 2 });
  });
});

describe('the ids of passages', () => {
  it('are those the library gives', async () => {
    const source = {
      slug: 'document-0123456789ab',
      title: '测试之书',
      category: '自备',
      aliases: [],
    };
    const chapter = { title: '學而', author: null, dynasty: null, form: 'sayings' as const };
    const paragraphs = [LEARN, RULE, LEARN, `${LEARN} `, STUDY];
    const prepared = prepareWork(
      {
        ...{ ...source, author: null, dynasty: null, irregularities: [] },
        chapters: [{ ...chapter, paragraphs: paragraphs.map((text) => text.trim()) }],
      },
      0,
    );
    const read = await readBack('a.json', JSON.stringify([{ title: '學而', paragraphs }]));
    expect(read.passages.map(({ id }) => id)).toEqual(prepared.passages.map(({ id }) => id));
    expect(read.chapters[0]?.id).toBe(prepared.chapters[0]?.id);
    expect(new Set(read.passages.map(({ id }) => id)).size).toBe(5);
  });

  it('and the hash of the whole are the same in another format and encoding', async () => {
    const wrapped = LEARN.replace('，', '，\n');
    const files: [string, string | Buffer][] = [
      ['a.txt', `學而\n\n${LEARN}`],
      ['a.txt', Buffer.from(`\ufeff學而\n\n${LEARN}`, 'utf16le')],
      ['a.md', `# 學而\n${wrapped}`],
      ['a.json', JSON.stringify([{ title: '學而', text: LEARN }])],
      ['a.csv', `题目,正文\n學而,${LEARN}`],
      ['a.docx', await docxOf(paragraphOf('學而', '1') + paragraphOf(LEARN))],
      ['a.zip', await zipOf({ '學而.txt': LEARN })],
    ];
    const read = await Promise.all(files.map(([name, content]) => readBack(name, content)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(1);
    expect(new Set(read.map(({ passages }) => passages[0]?.id)).size).toBe(1);
  });

  it('are the same in another script and punctuation, but not the hash of what is shown', async () => {
    const simplified = '子曰：“学而时习之，不亦说乎？有朋自远方来，不亦乐乎？”';
    const texts = [LEARN, simplified, LEARN.replace('？', '！')];
    const read = await Promise.all(texts.map((text) => readBack('a.txt', `學而\n\n${text}`)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(3);
    expect(new Set(read.map(({ passages }) => passages[0]?.id)).size).toBe(1);
  });

  it('give another hash where headings or the words of a translation differ', async () => {
    const files: [string, string][] = [
      ['a.md', `# 學而\n${LEARN}`],
      ['a.md', `# 學而第一\n${LEARN}`],
      ['a.csv', `题目,正文,译文\n學而,${LEARN},学了又温习`],
      ['a.csv', `题目,正文,译文\n學而,${LEARN},学习而后温习`],
      ['a.json', JSON.stringify([{ title: '學而', author: '某', text: LEARN }])],
    ];
    const read = await Promise.all(files.map(([name, content]) => readBack(name, content)));
    expect(new Set(read.map(({ report }) => report.contentHash)).size).toBe(files.length);
  });

  it('give the same hash under whatever name a text without headings comes', async () => {
    const files = [
      readBack('a.txt', LEARN),
      readBack('a.txt', LEARN, { title: '別名', author: '某' }),
    ];
    const [one, other] = await Promise.all(files);
    expect(one?.report.contentHash).toBe(other?.report.contentHash);
  });
});

describe('the report', () => {
  it('counts characters, script, what is missing and what cannot be shown', async () => {
    const { report } = await readBack('a.txt', `豈□□哉，學而時習。\u200b\n\ue123而已矣。\n`);
    expect(report).toMatchObject({
      format: 'txt',
      files: 1,
      chapters: 1,
      characters: 11,
      script: 'traditional',
      lacunae: { count: 2 },
      unknownCharacters: { count: 1 },
    });
    expect(report.lacunae.examples[0]).toContain('豈□□哉');
    expect(report.skipped).toEqual([
      { reason: '零宽与控制字符', count: 1, example: expect.anything() },
    ]);
  });

  it('knows the script of a text, and a mixed one', async () => {
    const scriptOf = async (text: string) => (await readBack('a.txt', text)).report.script;
    expect(await scriptOf(LEARN + LONG)).toBe('traditional');
    expect(
      await scriptOf('学而时习之，不亦说乎？来说是非者，便是是非人。为学日益，为道日损。'),
    ).toBe('simplified');
    expect(
      await scriptOf(`${LONG}\n为学日益，为道日损。来说是非者，便是是非人。总会见时来运转。`),
    ).toBe('mixed');
    expect(await scriptOf('上下左右。')).toBe('unknown');
  });
});
