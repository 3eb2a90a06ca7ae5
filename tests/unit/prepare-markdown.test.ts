import {
  finishedParagraphs,
  mendEmphasis,
  withoutHalfMarker,
  withoutZeroWidth,
} from '../../web/src/conversation/prepare-markdown.ts';

describe('preparing the Markdown of an answer', () => {
  it('lets emphasis begin and end with a Chinese mark of punctuation', () => {
    const mended = mendEmphasis('是**「学」**也');
    expect(mended).toBe('是**\u200b「学」\u200b**也');
    expect(withoutZeroWidth(mended)).toBe('是**「学」**也');
  });

  it('leaves emphasis alone that works already', () => {
    expect(mendEmphasis('是**学**也，2 ** 3')).toBe('是**学**也，2 ** 3');
  });

  it('hides half a marker at the end of what has arrived', () => {
    expect(withoutHalfMarker('见此[')).toBe('见此');
    expect(withoutHalfMarker('见此[1')).toBe('见此');
    expect(withoutHalfMarker('见此[1]')).toBe('见此[1]');
    expect(withoutHalfMarker('是**')).toBe('是');
  });

  it('reads out whole paragraphs only, without their marks', () => {
    const markdown = '## 学与思\n\n他说**「学」**[1]。\n\n> 还没写完';
    expect(finishedParagraphs(markdown, false)).toEqual(['学与思', '他说「学」。']);
    expect(finishedParagraphs(markdown, true)).toHaveLength(3);
  });
});
