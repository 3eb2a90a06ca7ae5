import { checkQuote, checkQuotesIn, quotationsIn } from '../../ai/quotes.ts';
import { foldText } from '../../ai/rag/folding.ts';
import { jingYeSi, libraryOf, passageOf, weiZheng, xueEr } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

const library = libraryOf([xueEr, weiZheng, jingYeSi]);
const verdictOf = (text: string) => checkQuote(text, library).verdict;
const verdictsIn = (answer: string) =>
  checkQuotesIn(answer, library).map(({ text, verdict }) => [text, verdict]);

describe('the quotations of an answer', () => {
  it('stand in any of three kinds of marks and come in order, each once', () => {
    const answer = '他说「学而时习之」，又说“温故而知新”，还有『有朋自远方来』和「学而时习之」。';
    expect(quotationsIn(answer)).toEqual(['学而时习之', '温故而知新', '有朋自远方来']);
  });

  it('have at least four Han characters, whatever else stands among them', () => {
    expect(quotationsIn('「学而时」「仁」「ABCDE」「，。，。」')).toEqual([]);
    expect(quotationsIn('「学，而时习」「𠀀𪚥一二」')).toEqual(['学，而时习', '𠀀𪚥一二']);
  });

  it('are without the citation markers a model puts inside the marks', () => {
    expect(quotationsIn('「学而不思则罔[1]，思而不学则殆[2]」')).toEqual([
      '学而不思则罔，思而不学则殆',
    ]);
  });

  it('are the outermost ones, of one kind of marks or of two', () => {
    expect(quotationsIn('「子曰：“学而时习之”」')).toEqual(['子曰：“学而时习之”']);
    expect(quotationsIn('「子曰：「学而时习之」云云」')).toEqual(['子曰：「学而时习之」云云']);
  });

  it('are found behind a mark that never closes', () => {
    expect(quotationsIn('「学而 他又说“温故而知新”')).toEqual(['温故而知新']);
    expect(quotationsIn('」」「「学而时习之」')).toEqual(['学而时习之']);
    expect(quotationsIn('「学而时习之')).toEqual([]);
  });
});

describe('checking a quotation', () => {
  it.each([
    ['as it stands', '学而时习之，不亦说乎？'],
    ['in the other script', '學而時習之，不亦說乎'],
    ['punctuated otherwise', '学而时习之！不亦说乎……'],
    ['in part', '有朋自远方来'],
    ['over a line break', '床前明月光，疑是地上霜。举头望明月'],
  ])('is exact %s', (_, text) => {
    expect(verdictOf(text)).toBe('exact');
  });

  it('shows where the words stand, as the source has them', () => {
    const { passage, found } = checkQuote('床前明月光疑是地上霜', library);
    expect(passage?.id).toBe('libai-1');
    expect(found).toBe('牀前明月光，疑是地上霜');
  });

  it('takes three wrong characters in ten for slips and shows the right words', () => {
    expect(checkQuote('学而不思则惘', library)).toMatchObject({
      verdict: 'variant',
      found: '学而不思则罔',
    });
    expect(verdictOf('有朋自远方去')).toBe('variant');
    expect(verdictOf('学而不想')).toBe('variant');
    expect(verdictOf('学也不想')).toBe('unknown');
    expect(verdictOf('学不思则罔')).toBe('variant');
    expect(verdictOf('学而思不则罔')).toBe('variant');
    expect(verdictOf('雪而不思泽罔')).toBe('variant');
  });

  it('takes an ellipsis for words left out, and looks for what stands around it', () => {
    expect(checkQuote('学而时习之……不亦君子乎', library)).toMatchObject({
      verdict: 'exact',
      passage: { id: 'xueer-1' },
      found: '学而时习之……不亦君子乎',
    });
    expect(verdictOf('举头望明月...思故乡')).toBe('exact');
    expect(checkQuote('学而时习之……不亦君子呼', library)).toMatchObject({
      verdict: 'variant',
      found: '学而时习之……不亦君子乎',
    });
    expect(verdictOf('学而时习之……落霞与孤鹜齐飞')).toBe('unknown');
    expect(verdictOf('学而时习之……低头思')).toBe('unknown');
    expect(verdictOf('……学而时习之……')).toBe('exact');
    expect(verdictOf('………')).toBe('unknown');
  });

  it('does not know what is not in the library', () => {
    expect(checkQuote('落霞与孤鹜齐飞', library)).toEqual({
      text: '落霞与孤鹜齐飞',
      verdict: 'unknown',
      passage: null,
      found: null,
    });
    for (const text of ['', '。。。', '\ud840', '鑫'.repeat(500)]) {
      expect(verdictOf(text)).toBe('unknown');
    }
  });

  it('knows nothing in an empty library', () => {
    expect(checkQuote('学而时习之', libraryOf([])).verdict).toBe('unknown');
  });

  it('finds the source of a long quotation with a few slips', () => {
    const lines = Array.from({ length: 60 }, (_, n) =>
      passageOf(
        `l${n}`,
        [...'天地玄黄宇宙洪荒日月盈昃']
          .map((c, at) => c + String.fromCodePoint(0x4e10 + n * 12 + at))
          .join(''),
        {
          chapterId: `c${Math.floor(n / 6)}`,
        },
      ),
    );
    const long = lines
      .slice(12, 18)
      .map(({ text }) => text)
      .join('，');
    const { verdict, passage } = checkQuote(
      long.replace('天', '甲').replace('黄', '乙'),
      libraryOf(lines),
    );
    expect([verdict, passage?.id]).toEqual(['variant', 'l12']);
  });

  it('shows the source of a quotation of several hundred characters whole', () => {
    const random = createRandom(23);
    const characters = Array.from({ length: 2_000 }, (_, n) => String.fromCodePoint(0x4e00 + n));
    const line = () => `${random.text(characters, 5)}，${random.text(characters, 5)}。`;
    const song = passageOf('song', Array.from({ length: 60 }, line).join('\n'));
    const wrong = song.text.replace(/^./, '凸').replace(/.。$/, '凹。');
    const { verdict, passage, found } = checkQuote(wrong, libraryOf([song, weiZheng]));
    expect([verdict, passage?.id]).toEqual(['variant', 'song']);
    expect(foldText(found ?? '')).toBe(foldText(song.text));
  });
});

describe('checking an answer', () => {
  it('takes a saying with its speaker for one quotation, when the source has both', () => {
    expect(verdictsIn('书上写道：「子曰：“学而时习之，不亦说乎”」。')).toEqual([
      ['子曰：“学而时习之，不亦说乎”', 'exact'],
    ]);
  });

  it('does not blame a quotation for the words a tutor puts around it', () => {
    expect(verdictsIn('“孔子说的「学而时习之」，意思是学了要常常温习”')).toEqual([
      ['学而时习之', 'exact'],
    ]);
  });

  it('says what is wrong inside when the whole is not in the library', () => {
    expect(verdictsIn('「孔子在河边高声说：“学而时习之”，又说：“逝者如斯夫”」')).toEqual([
      ['学而时习之', 'exact'],
      ['逝者如斯夫', 'unknown'],
    ]);
  });

  it('judges each quotation once, however often and at whatever depth it is said', () => {
    expect(verdictsIn('「学而时习之」就是“孔子说的「学而时习之」这句话”')).toEqual([
      ['学而时习之', 'exact'],
    ]);
  });

  it('survives thousands of marks that open and never close', () => {
    expect(checkQuotesIn('「“『'.repeat(2_000), library)).toEqual([]);
    expect(verdictsIn(`${'「'.repeat(200)}学而时习之${'」'.repeat(200)}`)).toHaveLength(1);
  });
});
