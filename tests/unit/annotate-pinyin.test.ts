import { annotatePinyin } from '../../ai/pinyin/annotate-pinyin.ts';
import { foldCodePoint } from '../../ai/rag/folding.ts';

const read = (text: string, terms: { term: string; reading: string | null }[] = []) =>
  annotatePinyin(text, terms, foldCodePoint);

describe('pinyin above a text', () => {
  it('is one syllable for each character, and none for marks', () => {
    expect(read('學而時習之，')).toEqual(['xué', 'ér', 'shí', 'xí', 'zhī', null]);
    expect(read('')).toEqual([]);
    expect(read('𠀀之')).toHaveLength(2);
  });

  it('goes by the notes where these say otherwise, wherever the word stands', () => {
    const notes = [
      { term: '说', reading: 'yuè' },
      { term: '好逑', reading: 'hǎo qiú' },
    ];
    expect(read('不亦说乎？近者说。君子好逑。', notes)).toEqual([
      ...['bù', 'yì', 'yuè', 'hū', null, 'jìn', 'zhě', 'yuè', null],
      ...['jūn', 'zǐ', 'hǎo', 'qiú', null],
    ]);
  });

  it('reads a word otherwise only where a note means it', () => {
    const notes = [{ term: '知', reading: 'zhì', at: [5] }];
    const syllables = read('知之为知之，不知为不知，是知也', notes);
    expect(syllables.filter((each) => each === 'zhī' || each === 'zhì')).toEqual([
      ...['zhī', 'zhī', 'zhī', 'zhī', 'zhī', 'zhī', 'zhì'],
    ]);
  });

  it('counts a syllable for each character of a word, not for its marks, and writes it small', () => {
    const notes = [{ term: '叶公，好', reading: 'Shè gōng hào' }];
    expect(read('叶公，好龙', notes)).toEqual(['shè', 'gōng', null, 'hào', 'lóng']);
  });

  it('leaves alone what a note reads only in part, or not at all', () => {
    const notes = [
      { term: '关雎', reading: 'jū' },
      { term: '君子', reading: null },
    ];
    expect(read('关雎', notes)[0]).toBe('guān');
    expect(read('君子', notes)).toEqual(['jūn', 'zǐ']);
  });
});
