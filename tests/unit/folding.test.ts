import { Converter } from 'opencc-js/cn2t';
import { commonCharacters } from '../../ai/providers/offline/common-characters.ts';
import { foldCodePoint, foldText, foldWithOffsets } from '../../ai/rag/folding.ts';
import { modernWords } from '../../ai/rag/modern-words.ts';
import { createRandom } from '../support/random.ts';

const toTraditional = Converter({ from: 'cn', to: 't' });
const LONE = '\ud840';

describe('folding, the space where editions are compared', () => {
  it.each([
    ['學而時習之，不亦說乎？', '学而时习之不亦说乎'],
    ['行有馀力，则以学文', '行有餘力，則以學文'],
    ['静影沉璧', '靜影沈璧'],
    ['歎逝者如斯', '嘆逝者如斯'],
    ['鍾子期', '锺子期'],
    ['谬悞', '谬误'],
  ])('takes 「%s」 and 「%s」 for the same words', (one, other) => {
    expect(foldText(one)).toBe(foldText(other));
  });

  it.each([
    ['阴阳', '阴易'],
    ['太阳', '大阳'],
    ['己', '已'],
    ['日', '曰'],
  ])('does not take %s for %s', (one, other) => {
    expect(foldText(one)).not.toBe(foldText(other));
  });

  it('knows the old form of 陽 from 易, which only looks like it', () => {
    expect(foldText('昜')).toBe(foldText('阳'));
  });

  it('unites every common character with its traditional form', () => {
    const apart = [...commonCharacters].filter(
      (character) => foldText(toTraditional(character)) !== foldText(character),
    );
    expect(apart).toEqual([]);
  });

  it('is settled after one pass, for every Han character but one with two readings', () => {
    const unsettled: string[] = [];
    for (let code = 0x3400; code < 0x32000; code += 1) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const folded = foldCodePoint(String.fromCodePoint(code));
      if (foldText(folded) !== folded) unsettled.push(String.fromCodePoint(code));
    }
    expect(unsettled).toEqual(['薴']);
  });

  it('drops punctuation, white space, symbols and emoji of every kind', () => {
    expect(foldText(' 「學」，『而』！\n\t“時”…—·《習》〈〉、；：？％☯️😀👩‍👦 \u3000\u200b')).toBe(
      '学而时习',
    );
  });

  it('keeps □, which stands for a character that is lost', () => {
    expect(foldText('豈□□哉')).toBe('岂□□哉');
  });

  it('compares letters and digits without regard to case and width', () => {
    expect(foldText('Ｌi Bai ７０１年')).toBe('libai701年');
  });

  it('is not broken by NUL or half a character', () => {
    expect(foldText(`\0學${LONE}而\udc00`)).toBe('学而');
    expect(foldText(LONE)).toBe('');
    expect(foldText('')).toBe('');
  });

  it('keeps rare characters beyond the basic plane whole', () => {
    expect(foldText('𠀀，𪚥')).toBe('𠀀𪚥');
  });
});

describe('the way back from folded text', () => {
  it('shows where each folded unit came from, beside rare characters and emoji', () => {
    const text = '😀學𠀀，而';
    const { folded, starts, ends } = foldWithOffsets(text);
    expect(folded).toBe('学𠀀而');
    expect([...folded].map((_, index) => index)).toHaveLength(3);
    expect(starts.map((start, unit) => text.slice(start, ends[unit]))).toEqual([
      '學',
      '𠀀',
      '𠀀',
      '而',
    ]);
  });

  it('leads every unit of any text into the character it came from', () => {
    const random = createRandom(20_240_229);
    const characters = [
      ...'學而時習之，。「」 \n□aZ９馀İﬁ',
      '𠀀',
      '😀',
      '👩‍👦',
      '\0',
      LONE,
      '\udc00',
    ];
    for (let round = 0; round < 500; round += 1) {
      const text = random.text(characters, random.below(30));
      const { folded, starts, ends } = foldWithOffsets(text);
      expect(folded).toBe(foldText(text));
      expect([starts.length, ends.length]).toEqual([folded.length, folded.length]);
      for (let unit = 0; unit < folded.length; unit += 1) {
        const source = text.slice(starts[unit], ends[unit]);
        expect([...source]).toHaveLength(1);
        expect(foldCodePoint(source)).toContain(folded[unit]);
        expect(starts[unit]).toBeGreaterThanOrEqual(starts[unit - 1] ?? 0);
      }
    }
  });
});

describe('the table of modern words', () => {
  it('is written folded, or its words would never be met', () => {
    const words = modernWords.flatMap(({ word, classical }) => [word, ...classical]);
    expect(words.filter((word) => foldText(word) !== word)).toEqual([]);
  });

  it('has a classical word for each, and each once', () => {
    expect(modernWords.filter(({ classical }) => classical.length === 0)).toEqual([]);
    expect(new Set(modernWords.map(({ word }) => word)).size).toBe(modernWords.length);
  });
});
