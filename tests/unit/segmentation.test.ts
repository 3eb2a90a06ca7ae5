import { type SegmentableChapter, segmentChapter } from '../../ai/rag/segmentation.ts';

const HARD_LIMIT = 240;
const FORMS: SegmentableChapter['form'][] = ['verse', 'primer', 'prose', 'dialogue', 'sayings'];

describe('cutting a chapter into passages', () => {
  it('leaves every 章 of the sayings alone, however short', () => {
    const paragraphs = ['子曰：“君子不器。”', '子曰：“有教无类。”', '曰：“骥不称其力，称其德也。”'];
    expect(segmentChapter({ form: 'sayings', paragraphs })).toEqual(paragraphs);
  });

  it('keeps a poem whole', () => {
    const paragraphs = ['床前明月光，疑是地上霜。', '舉頭望明月，低頭思故鄉。'];
    expect(segmentChapter({ form: 'verse', paragraphs })).toEqual([paragraphs.join('\n')]);
  });

  it('cuts a long poem between its stanzas into nearly equal groups', () => {
    const paragraphs = Array.from({ length: 30 }, () => '天生麗質難自棄，一朝選在君王側。');
    const passages = segmentChapter({ form: 'verse', paragraphs });
    expect(passages.flatMap((passage) => passage.split('\n'))).toEqual(paragraphs);
    const lines = passages.map((passage) => passage.split('\n').length);
    expect(Math.max(...lines) - Math.min(...lines)).toBeLessThanOrEqual(1);
  });

  it('groups the short lines of a primer by couplets', () => {
    const paragraphs = Array.from(
      { length: 250 },
      (_, index) => `天地玄${index % 2 ? '洪' : '黃'}`,
    );
    const passages = segmentChapter({ form: 'primer', paragraphs });
    for (const passage of passages) {
      expect(passage.split('\n').length % 2).toBe(0);
      expect(han(passage)).toBeLessThanOrEqual(100);
    }
  });

  it('does not part the halves of a parallel sentence in a primer', () => {
    const half = ['兩人一般心，無錢堪買金；', '一人一般心，有錢難買針。'];
    const paragraphs = Array.from({ length: 40 }, (_, index) => half[index % 2] ?? '');
    const passages = segmentChapter({ form: 'primer', paragraphs });
    expect(passages.length).toBeGreaterThan(5);
    for (const passage of passages) expect(passage.endsWith('。')).toBe(true);
  });

  it('keeps the closing quotation marks with the sentence they close', () => {
    const paragraphs = ['曰：「仁者愛人，有禮者敬人。愛人者人恆愛之。」'.repeat(12)];
    for (const passage of segmentChapter({ form: 'prose', paragraphs })) {
      expect(passage.endsWith('。」')).toBe(true);
    }
  });

  it('leaves no tiny tail behind', () => {
    const paragraphs = [`${'天下之不助苗長者寡矣。'.repeat(15)}耘苗。`];
    const passages = segmentChapter({ form: 'prose', paragraphs });
    expect(passages).toHaveLength(2);
    expect(Math.min(...passages.map(han))).toBeGreaterThan(60);
  });

  it('joins a tiny turn of a dialogue to its answer, but not to another 章', () => {
    const question = '曰：「不動心有道乎？」';
    const answer = '曰：「有。北宮黝之養勇也，不膚撓，不目逃，思以一豪挫於人，若撻之於市朝。」';
    const other = '孟子曰：「人之患在好為人師。」';
    expect(segmentChapter({ form: 'dialogue', paragraphs: [question, answer, other] })).toEqual([
      `${question}\n${answer}`,
      other,
    ]);
  });

  it('joins a heading or a salutation of an essay to what follows, a closing to what precedes', () => {
    const body = '臣聞求木之長者，必固其根本；欲流之遠者，必浚其泉源。';
    expect(segmentChapter({ form: 'prose', paragraphs: ['子卿足下：', body, '愈再拜。'] })).toEqual(
      [`子卿足下：\n${body}\n愈再拜。`],
    );
  });

  it('cuts a sentence at its commas only above the hard limit', () => {
    const bearable = `${'風急天高猿嘯哀，'.repeat(30)}渚清沙白。`;
    const endless = `${'風急天高猿嘯哀，'.repeat(60)}渚清沙白。`;
    expect(segmentChapter({ form: 'prose', paragraphs: [bearable] })).toEqual([bearable]);
    const passages = segmentChapter({ form: 'prose', paragraphs: [endless] });
    expect(passages.length).toBeGreaterThan(2);
    for (const passage of passages) expect(passage).toMatch(/[，。]$/u);
  });

  it('never cuts a character beyond the basic plane in two', () => {
    const paragraphs = ['𠀀'.repeat(700)];
    const passages = segmentChapter({ form: 'prose', paragraphs });
    expect(passages.length).toBeGreaterThan(3);
    for (const passage of passages) expect(passage).toMatch(/^\p{Script=Han}+$/u);
  });

  it('makes nothing of nothing', () => {
    for (const form of FORMS) expect(segmentChapter({ form, paragraphs: [] })).toEqual([]);
  });
});

describe('whatever the chapter', () => {
  const chapters = Array.from({ length: 200 }, (_, seed) => inventChapter(seed));

  it('loses, doubles and reorders nothing', () => {
    for (const chapter of chapters) {
      const passages = segmentChapter(chapter);
      expect(passages.join('').replaceAll('\n', '')).toBe(chapter.paragraphs.join(''));
      for (const passage of passages) expect(passage.trim()).not.toBe('');
    }
  });

  it('cuts inside a paragraph only after a sentence, unless that is above the hard limit', () => {
    for (const chapter of chapters) {
      for (const cut of cutsInsideParagraphs(chapter)) {
        if (/[。！？；…][」”’』）》]*\s*$/u.test(cut.before)) continue;
        expect(han(cut.sentence)).toBeGreaterThan(HARD_LIMIT);
      }
    }
  });

  it('cuts the same way every time', () => {
    for (const chapter of chapters.slice(0, 50)) {
      expect(segmentChapter(structuredClone(chapter))).toEqual(segmentChapter(chapter));
    }
  });
});

/** Han characters, and the square that stands for a lost one. */
function han(text: string): number {
  return text.match(/\p{Script=Han}|□/gu)?.length ?? 0;
}

/** Every cut that is not between two paragraphs, with the sentence it falls into. */
function cutsInsideParagraphs(chapter: SegmentableChapter): { before: string; sentence: string }[] {
  const text = chapter.paragraphs.join('');
  const paragraphEnds = new Set<number>();
  let end = 0;
  for (const paragraph of chapter.paragraphs) {
    end += paragraph.length;
    paragraphEnds.add(end);
  }
  const cuts: { before: string; sentence: string }[] = [];
  let position = 0;
  for (const passage of segmentChapter(chapter)) {
    position += passage.replaceAll('\n', '').length;
    if (paragraphEnds.has(position)) continue;
    const before = text.slice(0, position);
    const head = /[^。！？；…]*$/u.exec(before)?.[0] ?? '';
    cuts.push({
      before,
      sentence: head + (/^[^。！？；…]*/u.exec(text.slice(position))?.[0] ?? ''),
    });
  }
  return cuts;
}

/** A chapter of random make, the same for the same seed. */
function inventChapter(seed: number): SegmentableChapter {
  const random = mulberry32(seed);
  const pick = <Item>(items: readonly Item[], fallback: Item): Item =>
    items[Math.floor(random() * items.length)] ?? fallback;
  const clause = () =>
    Array.from({ length: 1 + Math.floor(random() * 12) }, () =>
      pick(['天', '地', '玄', '黃', '𠂤', '□', '曰', '者', '也'], '之'),
    ).join('');
  const sentence = () => {
    const clauses = Array.from(
      { length: 1 + Math.floor(random() * (random() < 0.05 ? 60 : 4)) },
      clause,
    );
    return `${pick(['', '「', '“『'], '')}${clauses.join('，')}${pick(['。', '？', '！', '；', '。」', '！”', '……', ' '], '。')}`;
  };
  const paragraph = () =>
    Array.from({ length: 1 + Math.floor(random() * 14) }, sentence)
      .join('')
      .trim();
  return {
    form: pick(FORMS, 'prose'),
    paragraphs: Array.from({ length: 1 + Math.floor(random() * 12) }, paragraph),
  };
}

function mulberry32(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}
