import { foldText } from '../../ai/rag/folding.ts';
import { QuotationIndex } from '../../ai/rag/quotation-index.ts';
import { passageOf, weiZheng, xueEr } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

const index = new QuotationIndex();
const sky = passageOf('qian-1', '天地玄黃，宇宙洪荒。', { workId: 'qian', chapterId: 'qian' });
const sun = passageOf('qian-2', '日月盈昃，辰宿列張。', { workId: 'qian', chapterId: 'qian' });
const rare = passageOf('rare-1', '𠀀𪚥，𠀁。', { workId: 'rare', chapterId: 'rare' });
index.put('lunyu', [xueEr, weiZheng]);
index.put('qian', [sky, sun]);
index.put('rare', [rare]);

describe('finding the very words in the library', () => {
  it('shows them as the source has them, with its script and punctuation', () => {
    const match = index.findExact('天地玄黄宇宙洪荒');
    expect(match).toEqual({ passage: sky, found: '天地玄黃，宇宙洪荒', distance: 0 });
  });

  it('finds them across two passages of a chapter, and shows what stands between', () => {
    const match = index.findExact('宇宙洪荒，日月盈昃');
    expect(match).toEqual({ passage: sky, found: '宇宙洪荒。日月盈昃', distance: 0 });
  });

  it('does not find them across two chapters', () => {
    expect(index.findExact('不亦君子乎子曰学而不思')).toBeUndefined();
  });

  it('finds rare characters and shows them whole', () => {
    expect(index.findExact('𪚥𠀁')?.found).toBe('𪚥，𠀁');
  });

  it('finds a single character, and nothing for no words', () => {
    expect(index.findExact('昃')?.passage).toBe(sun);
    expect(index.findExact('鑫')).toBeUndefined();
    expect(index.findExact('')).toBeUndefined();
    expect(index.findExact('，。')).toBeUndefined();
  });

  it('names the first work of the library that has them, or the one it is asked about', () => {
    const both = new QuotationIndex();
    const quoted = passageOf('later-1', '《论语》曰：学而不思则罔。', {
      workId: 'later',
      chapterId: 'later',
    });
    both.put('lunyu', [xueEr, weiZheng]);
    both.put('later', [quoted]);
    expect(both.findExact('学而不思则罔')?.passage).toBe(weiZheng);
    expect(both.findExact('学而不思则罔', { workId: 'later' })?.passage).toBe(quoted);
    const elsewhere = { workId: 'lunyu', chapterId: 'xueer' };
    expect(both.findExact('学而不思则罔', elsewhere)).toBeUndefined();
    expect(both.findExact('不亦', elsewhere)?.passage).toBe(xueEr);
  });

  it('finds any run of any text where it stands', () => {
    const random = createRandom(5);
    const characters = [...'天地玄黃，。「」\n', '𠀀', '😀'];
    for (let round = 0; round < 100; round += 1) {
      const texts = Array.from({ length: 3 }, () => random.text(characters, 1 + random.below(9)));
      const whole = [...texts.join('')];
      const from = random.below(whole.length);
      const words = whole.slice(from, from + 1 + random.below(9)).join('');
      const own = new QuotationIndex();
      own.put(
        'w',
        texts.map((text, n) => passageOf(`p${n}`, text, { workId: 'w' })),
      );
      const match = own.findExact(words);
      expect(match === undefined).toBe(foldText(words) === '');
      if (match) expect(foldText(match.found)).toBe(foldText(words));
    }
  });
});

describe('finding nearly the same words', () => {
  it('finds them where they cross into a neighbour, and shows the true ones', () => {
    expect(index.findNearest('宇宙洪荒日月莹昃')).toEqual({
      passage: sky,
      found: '宇宙洪荒。日月盈昃',
      distance: 0.4,
    });
  });

  it.each([
    ['one wrong character', '学而不想则罔', 1],
    ['two homophones', '雪而不思泽罔', 0.8],
    ['a missing character', '学而不则罔', 1],
    ['an added character', '学而不思也则罔', 1],
    ['two neighbours in each other’s place', '学而思不则罔', 1],
    ['a homophone and a missing character', '雪而不则罔', 1.4],
  ])('finds them in spite of %s', (_, words, distance) => {
    expect(index.findNearest(words)).toEqual({
      passage: weiZheng,
      found: '学而不思则罔',
      distance,
    });
  });

  it('finds nothing that shares too little, and nothing for no words', () => {
    for (const words of ['电脑为什么死机', '学也不想', '', '，。', '学']) {
      expect(index.findNearest(words)).toBeUndefined();
    }
  });

  it('asks more of common words, and of few, because they agree by chance', () => {
    const random = createRandom(11);
    const common = [...'之而不以其人有也者子于为曰天下'];
    const large = new QuotationIndex();
    large.put(
      'w',
      Array.from({ length: 400 }, (_, n) =>
        passageOf(`w${n}`, random.text(common, 100), { workId: 'w', chapterId: `c${n}` }),
      ),
    );
    large.put('lunyu', [passageOf('l', '譬如北辰，居其所而众星共之。'), xueEr]);
    expect(large.findNearest('不以其人大者')).toBeUndefined();
    expect(large.findNearest('譬如北晨居')?.found).toBe('譬如北辰，居');
    expect(large.findNearest('有朋自近方来')?.found).toBe('有朋自远方来');
  });

  it('finds each of many sentences with a slip anywhere in it', () => {
    const random = createRandom(13);
    const characters = Array.from({ length: 900 }, (_, n) => String.fromCodePoint(0x4e00 + 7 * n));
    const texts = Array.from({ length: 200 }, () => random.text(characters, 80));
    const many = new QuotationIndex();
    many.put(
      'w',
      texts.map((text, n) => passageOf(`w${n}`, text, { workId: 'w', chapterId: `c${n}` })),
    );
    for (let round = 0; round < 200; round += 1) {
      const number = random.below(texts.length);
      const from = random.below(70);
      const words = [...(texts[number] ?? '')].slice(from, from + 8);
      const at = random.below(7);
      const [one = '', two = ''] = words.slice(at);
      const [length, slip] = random.pick<[number, string[]]>([
        [1, []],
        [1, ['凸']],
        [1, [one, '凸']],
        [2, [two, one]],
      ]);
      words.splice(at, length, ...slip);
      expect(many.findNearest(words.join(''))?.passage.id).toBe(`w${number}`);
    }
  });
});

describe('works that come and go', () => {
  it('are forgotten when they are removed or replaced', () => {
    const changing = new QuotationIndex();
    changing.put('lunyu', [xueEr]);
    changing.put('lunyu', [weiZheng]);
    expect(changing.findExact('学而时习之')).toBeUndefined();
    expect(changing.findNearest('有朋自近方来')).toBeUndefined();
    changing.remove('lunyu');
    changing.remove('lunyu');
    expect(changing.findExact('学而不思则罔')).toBeUndefined();
    expect(changing.findNearest('学而不想则罔')).toBeUndefined();
    changing.put('lunyu', [xueEr]);
    expect(changing.findNearest('有朋自近方来')?.passage).toBe(xueEr);
  });

  it('may be larger than one segment holds, and cost about four bytes a character', () => {
    const random = createRandom(17);
    const characters = Array.from({ length: 3_000 }, (_, n) => String.fromCodePoint(0x4e00 + n));
    const large = new QuotationIndex();
    const passages = Array.from({ length: 120 }, (_, n) =>
      passageOf(`w${n}`, random.text(characters, 10_000), { workId: 'w', chapterId: `c${n}` }),
    );
    large.put('w', passages);
    for (const { id, text } of [passages[3], passages[119]].flatMap((each) => each ?? [])) {
      const words = [...text.slice(5_000, 5_012)];
      expect(large.findExact(words.join(''))?.passage.id).toBe(id);
      words.splice(4, 1, '凸');
      expect(large.findNearest(words.join(''))).toMatchObject({ passage: { id }, distance: 1 });
    }
    expect(large.bytes).toBeLessThan(1_200_000 * 5);
  });
});

describe('a line that stands in several works', () => {
  it('is found with its slip in the first of the library, wherever in a work it stands', () => {
    const line = '三人行，必有我师焉。';
    const before = '择其善者而从之，其不善者而改之。必有人，有三焉。'.repeat(4);
    const works = new QuotationIndex();
    const found = new Set<string | undefined>();
    for (let length = 0; length <= before.length; length += 1) {
      works.put('a', [passageOf('first', before.slice(0, length) + line, { workId: 'a' })]);
      works.put('b', [passageOf('second', line + before, { workId: 'b', chapterId: 'b' })]);
      found.add(works.findNearest('三人行必有吾师焉')?.passage.id);
    }
    expect([...found]).toEqual(['first']);
  });
});

describe('a character too many at an end of a quotation', () => {
  it('does not take in the first character of the next clause, nor the last of the one before', () => {
    expect(index.findNearest('天地玄黄也')).toMatchObject({ found: '天地玄黃', distance: 1 });
    expect(index.findNearest('夫宇宙洪荒')).toMatchObject({ found: '宇宙洪荒', distance: 1 });
    expect(index.findNearest('学而不思则罔也哉')).toMatchObject({
      found: '学而不思则罔',
      distance: 2,
    });
  });

  it('nor from the next line of a poem', () => {
    const poems = new QuotationIndex();
    poems.put('poems', [passageOf('p-1', '白日依山尽，黄河入海流。\n欲穷千里目，更上一层楼。')]);
    const found = '白日依山尽，黄河入海流';
    expect(poems.findNearest('白日依山尽黄河入海流呀')).toMatchObject({ found, distance: 1 });
  });

  it('is one when the clause itself goes on', () => {
    expect(index.findNearest('天地玄皇')).toMatchObject({ found: '天地玄黃' });
    expect(index.findNearest('宇宙洪方')).toMatchObject({ found: '宇宙洪荒', distance: 1 });
  });
});
