import {
  annotateText,
  annotationsOf,
  citedNumbers,
} from '../../web/src/conversation/annotate-text.ts';

const text = (value: string) => ({ kind: 'text', text: value });

describe('marking the text of an answer', () => {
  const cited = { citations: new Set([1, 2, 12]), quotes: [] };

  it('cuts out markers that point at a cited passage', () => {
    expect(annotateText('见此[1][12]。', cited)).toEqual([
      text('见此'),
      { kind: 'citation', n: 1 },
      { kind: 'citation', n: 12 },
      text('。'),
    ]);
  });

  it('never shows a marker that points at nothing', () => {
    expect(annotateText('见此[7]，又[0]。', cited)).toEqual([
      text('见此'),
      text('，又'),
      text('。'),
    ]);
  });

  it('leaves other brackets alone', () => {
    expect(annotateText('[注] a[2024] [ 1 ] [', cited)).toEqual([text('[注] a[2024] [ 1 ] [')]);
  });

  it('marks a judged quotation with its brackets, in either kind of them', () => {
    const quotes = ['学而不思则罔', '思而不学则殆'];
    const none = new Set<number>();
    expect(
      annotateText('他说「学而不思则罔」，“思而不学则殆”。', { citations: none, quotes }),
    ).toEqual([
      text('他说'),
      { kind: 'quote', index: 0, text: '「学而不思则罔」', parts: [text('「学而不思则罔」')] },
      text('，'),
      { kind: 'quote', index: 1, text: '“思而不学则殆”', parts: [text('“思而不学则殆”')] },
      text('。'),
    ]);
  });

  it('finds a quotation with a citation inside, and one inside a longer unjudged one', () => {
    const inside = { citations: new Set([1]), quotes: ['学而不思则罔'] };
    expect(annotateText('「学而不思则罔[1]」', inside)).toEqual([
      {
        kind: 'quote',
        index: 0,
        text: '「学而不思则罔[1]」',
        parts: [text('「学而不思则罔'), { kind: 'citation', n: 1 }, text('」')],
      },
    ]);
    expect(annotateText('「或曰「学而不思则罔」云云」', inside)[1]).toMatchObject({ index: 0 });
  });

  it('leaves an unclosed bracket and an unjudged quotation as text', () => {
    const quotes = { citations: new Set<number>(), quotes: ['学而不思则罔'] };
    expect(annotateText('「学而不思则罔', quotes)).toEqual([text('「学而不思则罔')]);
    expect(annotateText('「罔」', quotes)).toEqual([text('「罔」')]);
  });

  it('compares quotations without regard to line breaks', () => {
    const annotations = annotationsOf({
      citations: [],
      quotes: [{ text: '床前明月光，疑是地上霜' }],
    });
    expect(annotateText('「床前明月光，\n疑是地上霜」', annotations)[0]).toMatchObject({
      kind: 'quote',
    });
  });

  it('lists each cited number once, in the order of the answer', () => {
    expect(citedNumbers('甲[2]乙[1]丙[2]丁[9]', new Set([1, 2, 3]))).toEqual([2, 1]);
  });
});
