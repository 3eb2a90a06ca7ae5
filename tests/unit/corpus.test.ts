import { segmentChapter } from '../../ai/rag/segmentation.ts';
import { cleanParagraphs } from '../../corpus/clean-paragraphs.ts';
import { createIrregularityLog } from '../../corpus/irregularities.ts';
import { defaultWorks } from '../../corpus/manifest.ts';
import type { SourceWork } from '../../corpus/source-work.ts';
import { chineseNumeral } from '../../corpus/unique-titles.ts';

const CHAPTERS: Record<string, [string, number]> = {
  lunyu: ['论语', 20],
  mengzi: ['孟子', 14],
  daxue: ['大学', 1],
  zhongyong: ['中庸', 1],
  shijing: ['诗经', 305],
  chuci: ['楚辞', 65],
  caocao: ['曹操诗集', 26],
  'tangshi-300': ['唐诗三百首', 320],
  qianjiashi: ['千家诗', 226],
  'songci-300': ['宋词三百首', 278],
  nalan: ['纳兰性德', 254],
  'guwen-guanzhi': ['古文观止', 222],
  youmengying: ['幽梦影', 219],
  sanzijing: ['三字经', 1],
  'sanzijing-chongding': ['重订三字经', 1],
  qianziwen: ['千字文', 1],
  baijiaxing: ['百家姓', 1],
  dizigui: ['弟子规', 8],
  'zengguang-xianwen': ['增广贤文', 2],
  'youxue-qionglin': ['幼学琼林', 33],
  'zhuzi-jiaxun': ['朱子家训', 1],
  'shenglv-qimeng': ['声律启蒙', 30],
  'wenzi-mengqiu': ['文字蒙求', 4],
};

let works: Map<string, SourceWork>;

beforeAll(async () => {
  const read = await Promise.all(defaultWorks().map((source) => source.read()));
  works = new Map(read.map((work) => [work.slug, work]));
});

function textOf(slug: string, chapter: string): string {
  const found = works.get(slug)?.chapters.find(({ title }) => title === chapter);
  if (!found) throw new Error(`${slug} has no chapter ${chapter}`);
  return found.paragraphs.join('');
}

function irregular(slug: string, reason: string): number {
  const log = works.get(slug)?.irregularities ?? [];
  return log.find((irregularity) => irregularity.reason === reason)?.count ?? 0;
}

describe('the default works', () => {
  it('are all there, with their chapters', () => {
    const counted = [...works.values()].map(({ slug, title, chapters }) => [
      slug,
      [title, chapters.length],
    ]);
    expect(Object.fromEntries(counted)).toEqual(CHAPTERS);
    for (const source of defaultWorks()) expect(works.get(source.slug)?.title).toBe(source.title);
  });

  it.each([
    ['lunyu', '学而篇', '学而时习之，不亦说乎'],
    ['lunyu', '为政篇', '温故而知新'],
    ['mengzi', '公孫丑上', '揠苗者也'],
    ['mengzi', '告子上', '魚，我所欲也'],
    ['daxue', '大学', '在明明德'],
    ['zhongyong', '中庸', '天命之謂性'],
    ['shijing', '国风·周南·关雎', '关关雎鸠，在河之洲'],
    ['shijing', '小雅·鹿鸣之什·采薇', '昔我往矣，杨柳依依'],
    ['chuci', '离骚', '帝高阳之苗裔兮'],
    ['chuci', '九歌·湘夫人', '袅袅兮秋风'],
    ['caocao', '短歌行·其一', '对酒当歌，人生几何'],
    ['tangshi-300', '靜夜思', '床前明月光'],
    ['tangshi-300', '登鸛雀樓', '白日依山盡'],
    ['tangshi-300', '將進酒', '黃河之水天上來'],
    ['qianjiashi', '春眠', '春眠不覺曉'],
    ['qianjiashi', '秋興八首·其一', '千家山郭靜朝暉'],
    ['songci-300', '水调歌头·明月几时有', '千里共婵娟'],
    ['nalan', '木兰花令·拟古决绝词', '人生若只如初见'],
    ['guwen-guanzhi', '岳陽樓記', '先天下之憂而憂'],
    ['guwen-guanzhi', '鄭伯克段於鄢（左傳）', '多行不義，必自斃'],
    ['youmengying', '第一则', '读经宜冬'],
    ['youmengying', '第三十五则', '如隙中窥月'],
    ['sanzijing', '三字经', '人之初，性本善'],
    ['sanzijing-chongding', '重订三字经', '十二支，子至亥'],
    ['qianziwen', '千字文', '天地玄黃宇宙洪荒'],
    ['baijiaxing', '百家姓', '趙錢孫李'],
    ['dizigui', '總敘', '首孝弟'],
    ['zengguang-xianwen', '上集', '路遙知馬力'],
    ['youxue-qionglin', '卷一·天文', '混沌初開'],
    ['zhuzi-jiaxun', '朱子家训', '一粥一飯'],
    ['shenglv-qimeng', '上卷·一東', '雲對雨，雪對風'],
    ['wenzi-mengqiu', '卷一·象形', '日中有黑影'],
  ])('%s·%s has 「%s」', (slug, chapter, line) => {
    expect(textOf(slug, chapter)).toContain(line);
  });

  it('have chapters that can be cited: titles unique and clean, paragraphs with words', () => {
    for (const work of works.values()) {
      const titles = work.chapters.map(({ title }) => title);
      expect(new Set(titles).size).toBe(titles.length);
      for (const { title, paragraphs } of work.chapters) {
        expect(title).toMatch(/^\S+$/u);
        expect(paragraphs.length).toBeGreaterThan(0);
        for (const paragraph of paragraphs) {
          expect(paragraph).toBe(paragraph.trim());
          expect(paragraph).toMatch(/[\p{Script=Han}●]/u);
        }
      }
    }
  });

  it('carry no remnant of a page, no note of a site, no comment of an editor', () => {
    for (const { slug, chapters } of works.values()) {
      const text = chapters.flatMap(({ paragraphs }) => paragraphs).join('\n');
      expect([slug, text.match(/<[a-z/][^>]*>|&[a-z]+;|##|https?:|[\u200b\ufeff\r]/giu)]).toEqual([
        slug,
        null,
      ]);
      expect([slug, text.match(/一作|[①-⒛]|[0-9a-z]|[（(]\s*[）)]/giu)]).toEqual([slug, null]);
    }
  });

  it('tell who wrote a poem or an essay, and when', () => {
    const authorOf = (slug: string, title: string) => {
      const chapter = works.get(slug)?.chapters.find((candidate) => candidate.title === title);
      return [chapter?.dynasty, chapter?.author];
    };
    expect(authorOf('tangshi-300', '春怨（金昌緒）')).toEqual(['唐', '金昌緒']);
    expect(authorOf('guwen-guanzhi', '陳情表')).toEqual(['西晉', '李密']);
    expect(authorOf('qianjiashi', '春眠')).toEqual(['唐', '孟浩然']);
    expect(authorOf('songci-300', '高阳台·频听银签')).toEqual(['宋', '韩疁']);
    expect(authorOf('chuci', '九辩')).toEqual(['战国', '宋玉']);
    expect(authorOf('shijing', '国风·周南·关雎')).toEqual(['先秦', null]);
  });

  it('count what was left out or mended', () => {
    expect(irregular('tangshi-300', '另一版本未采用')).toBe(1);
    expect(irregular('tangshi-300', '异文、通假注')).toBeGreaterThan(50);
    expect(irregular('nalan', '空段')).toBe(25);
    expect(irregular('nalan', '同篇重出')).toBe(1);
    expect(irregular('songci-300', '同一首词重出于另一作者')).toBe(2);
    expect(irregular('youmengying', '友人评语，非正文')).toBe(553);
  });

  it('fall into passages of a size that can be found and cited', () => {
    const passages = [...works.values()].flatMap(({ slug, chapters }) =>
      chapters.flatMap((chapter) => segmentChapter(chapter).map((text) => ({ slug, text }))),
    );
    expect(passages.length).toBeGreaterThan(4500);
    expect(passages.length).toBeLessThan(6000);
    const analects = passages.filter(({ slug }) => slug === 'lunyu');
    expect(Math.abs(analects.length - 512)).toBeLessThan(10);
    for (const { text } of passages) {
      expect(text.match(/\p{Script=Han}/gu)?.length ?? 0).toBeLessThanOrEqual(150);
    }
  });
});

describe('cleaning a text', () => {
  const clean = (...paragraphs: string[]) => {
    const log = createIrregularityLog();
    return { paragraphs: cleanParagraphs(paragraphs, log), log: log.list() };
  };

  it('drops a note that was broken over several paragraphs', () => {
    const { paragraphs, log } = clean(
      '受降城外月如霜。(回樂',
      '烽 一作：回樂',
      '峯)',
      '不知何處吹蘆管。',
    );
    expect(paragraphs).toEqual(['受降城外月如霜。', '不知何處吹蘆管。']);
    expect(log.map(({ reason }) => reason)).toEqual(['断成数段的注', '异文、通假注']);
  });

  it('keeps brackets that may be the author’s, lacunae and a bracket never closed', () => {
    const kept = [
      '有恶无善是小人(其偶为善处，亦必有所为)',
      '缇[糹習]',
      '與十口□古同意',
      '（未閉',
      '次段',
    ];
    expect(clean(...kept)).toEqual({ paragraphs: kept, log: [] });
  });

  it('drops tags, sounds and empty paragraphs', () => {
    expect(clean('<p>放焉，立於陂(bēi)田&nbsp;</p>', ' ', '<br/>').paragraphs).toEqual([
      '放焉，立於陂田',
    ]);
  });
});

describe('numbers of chapters', () => {
  it.each([
    [1, '一'],
    [10, '十'],
    [15, '十五'],
    [20, '二十'],
    [103, '一百零三'],
    [110, '一百一十'],
    [219, '二百一十九'],
  ])('%i is %s', (value, numeral) => expect(chineseNumeral(value)).toBe(numeral));
});
