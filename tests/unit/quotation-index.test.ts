import { foldText } from '../../ai/rag/folding.ts';
import { nearestRun, QuotationIndex } from '../../ai/rag/quotation-index.ts';
import { passageOf, weiZheng, xueEr } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

function editDistance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, n) => n);
  for (const [index, character] of [...a].entries()) {
    const next = [index + 1];
    for (let n = 1; n <= b.length; n += 1) {
      const replaced = (row[n - 1] ?? 0) + (b[n - 1] === character ? 0 : 1);
      next.push(Math.min(replaced, (row[n] ?? 0) + 1, (next[n - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}

function smallestDistance(needle: string, text: string): number {
  let smallest = needle.length;
  for (let start = 0; start <= text.length; start += 1) {
    for (let end = start; end <= text.length; end += 1) {
      smallest = Math.min(smallest, editDistance(needle, text.slice(start, end)));
    }
  }
  return smallest;
}

describe('the nearest run', () => {
  it('is as near as trying every run shows, and as far as it says', () => {
    const random = createRandom(3);
    for (let round = 0; round < 300; round += 1) {
      const needle = random.text([...'天地玄'], random.below(7));
      const text = random.text([...'天地玄黄'], random.below(12));
      const run = nearestRun(needle, text);
      expect(run.distance).toBe(smallestDistance(needle, text));
      expect(editDistance(needle, text.slice(run.start, run.end))).toBe(run.distance);
    }
  });

  it.each([
    ['a wrong last character', '学而不思则忘'],
    ['a wrong first character', '觉而不思则罔'],
    ['a wrong character in the middle', '学而不想则罔'],
  ])('is the whole sentence for %s', (_, needle) => {
    const text = '子曰学而不思则罔思而不学则殆';
    const { start, end, distance } = nearestRun(needle, text);
    expect(text.slice(start, end)).toBe('学而不思则罔');
    expect(distance).toBe(1);
  });

  it('is nowhere in an empty text, and costs the whole needle', () => {
    expect(nearestRun('学而', '')).toEqual({ start: 0, end: 0, distance: 2 });
    expect(nearestRun('', '学而').distance).toBe(0);
  });
});

describe('finding words in the library', () => {
  const index = new QuotationIndex();
  const sky = passageOf('qian-1', '天地玄黃，宇宙洪荒。', { workId: 'qian', chapterId: 'qian' });
  const sun = passageOf('qian-2', '日月盈昃，辰宿列張。', { workId: 'qian', chapterId: 'qian' });
  const rare = passageOf('rare-1', '𠀀𪚥，𠀁。', { workId: 'rare', chapterId: 'rare' });
  index.put('lunyu', [xueEr, weiZheng]);
  index.put('qian', [sky, sun]);
  index.put('rare', [rare]);

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

  it('finds nothing for no words', () => {
    expect(index.findExact('')).toBeUndefined();
    expect(index.findExact('，。')).toBeUndefined();
    expect(index.findNearest('', ['qian-1'], 1)).toBeUndefined();
  });

  it('finds nearly right words around the candidates, also where they cross into a neighbour', () => {
    expect(index.findNearest('宇宙洪荒日月莹昃', ['qian-2'], 2)).toEqual({
      passage: sky,
      found: '宇宙洪荒。日月盈昃',
      distance: 1,
    });
  });

  it('takes the nearest of several candidates, and none that is too far', () => {
    const candidates = ['xueer-1', 'weizheng-1', 'nobody'];
    expect(index.findNearest('学而不想则罔', candidates, 2)?.passage).toBe(weiZheng);
    expect(index.findNearest('电脑为什么死机', candidates, 2)).toBeUndefined();
    expect(index.findNearest('学而不想则罔', [], 2)).toBeUndefined();
  });

  it('forgets a work that is removed or replaced', () => {
    const changing = new QuotationIndex();
    changing.put('lunyu', [xueEr]);
    changing.put('lunyu', [weiZheng]);
    expect(changing.findExact('学而时习之')).toBeUndefined();
    expect(changing.findNearest('学而时习也', ['xueer-1'], 2)).toBeUndefined();
    changing.remove('lunyu');
    changing.remove('lunyu');
    expect(changing.findExact('学而不思则罔')).toBeUndefined();
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
