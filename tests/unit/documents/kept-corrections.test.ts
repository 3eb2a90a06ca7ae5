import {
  asFormer,
  mergeCorrections,
  placeFormer,
} from '../../../backend/documents/kept-corrections.ts';

const spring = { ordinal: 1, skip: true, opening: '余居城南' };
const autumn = { ordinal: 2, title: '秋声', opening: '秋风既至' };

describe('what was corrected in a document', () => {
  it('is put together with what is corrected now; the later word counts', () => {
    const before = { chapters: [autumn], lost: 2 };
    const now = [
      { ordinal: 2, title: '秋', skip: true },
      { ordinal: 1, joinPrevious: true },
    ];
    expect(mergeCorrections(before, now)).toEqual({
      lost: 2,
      chapters: [
        { ordinal: 1, joinPrevious: true },
        { ordinal: 2, title: '秋', skip: true, opening: '秋风既至' },
      ],
    });
  });

  it('goes to the chapters of another file that begin with the same words', () => {
    const next = asFormer({ chapters: [spring, autumn] });
    expect(next).toEqual({ chapters: [], former: [spring, autumn] });
    const found = [
      { ordinal: 1, opening: '此园之记' },
      { ordinal: 2, opening: '余居城南' },
    ];
    expect(placeFormer(next, found)).toEqual({ chapters: [{ ...spring, ordinal: 2 }], lost: 1 });
  });

  it('goes nowhere where several begin alike, or nobody knows how it began', () => {
    const found = [autumn, { ...autumn, ordinal: 5 }, spring].map(({ ordinal, opening }) => ({
      ...{ ordinal, opening },
    }));
    const unknown = { ordinal: 3, skip: true };
    expect(placeFormer({ chapters: [], former: [autumn, unknown] }, found)).toEqual({
      ...{ chapters: [], lost: 2 },
    });
    const twice = [spring, { ...spring, ordinal: 4 }];
    expect(placeFormer({ chapters: [], former: twice }, found).lost).toBe(2);
  });

  it('gives way to what has been corrected in the new file since', () => {
    const since = { ordinal: 2, title: '秋夜' };
    const found = [{ ordinal: 2, opening: '秋风既至' }];
    const placed = placeFormer({ chapters: [since], former: [autumn] }, found);
    expect(placed.chapters).toEqual([{ ...autumn, title: '秋夜' }]);
  });

  it('is still known when a file that could not be read lies in between', () => {
    const unread = asFormer({ chapters: [autumn] });
    expect(asFormer(unread)).toEqual(unread);
  });
});
