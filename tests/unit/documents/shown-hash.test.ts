import type {
  ParsedBatch,
  ParsedChapter,
  ParsedPassage,
} from '../../../backend/documents/parsing/parsed-document.ts';
import { createShownHash } from '../../../backend/documents/shown-hash.ts';

const chapter = (ordinal: number, changed: Partial<ParsedChapter> = {}): ParsedChapter => ({
  ...{ id: `chapter ${ordinal}`, n: ordinal, ordinal, title: `其${ordinal}` },
  ...{ author: null, dynasty: null, form: 'verse', passageCount: 2, characterCount: 40 },
  ...{ opening: '', skipped: false, ...changed },
});

const passage = (place: number, text = `第${place}句`): ParsedPassage => ({
  ...{ id: `passage ${place}`, chapterId: `chapter ${Math.ceil(place / 2)}`, n: place },
  ...{ place, text, translation: null, textHash: '' },
});

const hashOf = (...batches: ParsedBatch[]) => {
  const hash = createShownHash();
  for (const batch of batches) hash.add(batch);
  return hash.digest();
};

const whole = {
  chapters: [chapter(1), chapter(2)],
  passages: [1, 2, 3, 4].map((place) => passage(place)),
};

describe('the hash of what is shown', () => {
  it('is the same however the text falls into batches', () => {
    const cut = hashOf(
      { chapters: [chapter(1, { passageCount: 1 })], passages: [passage(1)] },
      {
        chapters: [chapter(1), chapter(2, { passageCount: 1 })],
        passages: [2, 3].map((n) => passage(n)),
      },
      { chapters: [chapter(2)], passages: [passage(4)] },
    );
    expect(cut).toBe(hashOf(whole));
  });

  it('is another when a word, a heading or an author is', () => {
    const [first, second] = whole.chapters;
    const changed = [
      { ...whole, passages: [...whole.passages.slice(0, 3), passage(4, '改过的一句')] },
      { ...whole, chapters: [first, chapter(2, { title: '另一题' })] },
      { ...whole, chapters: [chapter(1, { author: '李白' }), second] },
    ] as ParsedBatch[];
    expect(new Set([whole, ...changed].map((text) => hashOf(text))).size).toBe(4);
  });
});
