import type { PassageNote, PassageReading } from '../../ai/passage.ts';
import { writePassages } from '../../ai/prompts/tutor-prompt.ts';
import { createOfflineTutor } from '../../ai/providers/offline/offline-tutor.ts';
import { inOwnWords } from '../../ai/providers/offline/own-words.ts';
import { phrases } from '../../ai/providers/offline/phrases.ts';
import { checkQuotesIn } from '../../ai/quotes.ts';
import { foldCodePoint } from '../../ai/rag/folding.ts';
import { TUTOR_MODES, type TutorMode } from '../../ai/tutor-mode.ts';
import { ask, listen } from '../support/ask-a-model.ts';
import { libraryOf, passageOf, weiZheng, xueEr } from '../support/passages.ts';

const reading: PassageReading = {
  source: 'editorial',
  translation: '孔子说：“只读书却不思考，就会迷惑；只思考却不读书，就会危险。”',
  gist: '读书和思考要一起来，缺了哪一样都不行。',
  themes: ['学习方法'],
  questions: [],
  notes: [
    { term: '罔', reading: 'wǎng', meaning: '迷惑，说的是「没有收获」' },
    { term: '殆', reading: null, meaning: '危险' },
  ],
  doubt: null,
};
const read = { ...weiZheng, reading };
const tutor = createOfflineTutor({ fold: foldCodePoint });

describe('what is said of a passage in the words of today', () => {
  const inMode = async (mode: TutorMode, from: PassageReading = reading) => {
    const passages = [{ n: 1, passage: { ...weiZheng, reading: from }, score: 1 }];
    const question = '把「学而不思则罔」译成白话';
    return (await listen(tutor.answer(ask({ passages, question, mode })))).text;
  };

  test.each(['qa', 'explain', 'translate'] as const)(
    'is told without a model, as what it is: %s',
    async (mode) => {
      const text = await inMode(mode);
      expect(text).toContain('只读书却不思考，就会迷惑');
      expect(text).toContain('罔（wǎng）：迷惑');
      expect(text).toContain('殆：危险');
      expect(text).toContain(phrases.writtenWithAi);
      for (const excuse of [phrases.noTranslation, phrases.sentenceByYourself])
        expect(text).not.toContain(excuse);
    },
  );

  test('never looks like a quotation of the classics', async () => {
    const library = libraryOf([weiZheng]);
    for (const mode of ['qa', 'explain', 'translate'] as const) {
      const quotes = checkQuotesIn(await inMode(mode), library);
      expect(quotes.map(({ verdict }) => verdict)).toEqual(['exact']);
    }
  });

  test('keeps what is quoted inside a quotation apart from it', async () => {
    const translation = '孟子说：“您所说的‘超过了所有的人’指什么呢？”';
    const text = await inMode('qa', { ...reading, translation });
    expect(text).toContain('孟子说：‘您所说的〝超过了所有的人〞指什么呢？’');
    expect(checkQuotesIn(text, libraryOf([weiZheng])).map(({ verdict }) => verdict)).toEqual([
      'exact',
    ]);
  });

  test.each(['qa', 'explain', 'translate'] as const)(
    'says where the meaning is in doubt, without a model: %s',
    async (mode) => {
      const text = await inMode(mode, { ...reading, doubt: '「罔」解说不一' });
      expect(text).toContain(phrases.doubt('‘罔’解说不一'));
      expect(text.indexOf('尚有疑问')).toBeGreaterThan(text.indexOf('今译'));
      expect(await inMode(mode)).not.toContain('尚有疑问');
    },
  );

  test('notes belong to the passage that is explained, each term once, in either script', async () => {
    const note = (term: string, said: string) => ({ term, reading: said, meaning: '一起听音乐' });
    const from = (id: string, text: string, notes: PassageNote[]) =>
      passageOf(id, text, { reading: { ...reading, notes } });
    const traditional = from('p1', '曰：獨樂樂，与人樂樂，孰樂？再说独乐乐。', [
      note('獨樂樂', 'dú yuè lè'),
      note('独乐乐', 'dú yuè lè'),
    ]);
    const other = from('p2', '独乐乐不如众乐乐。', [note('众乐乐', 'zhòng yuè lè')]);
    const passages = [traditional, other].map((passage, n) => ({ n: n + 1, passage, score: 1 }));
    for (const mode of TUTOR_MODES) {
      const { text } = await listen(tutor.answer(ask({ passages, question: '独乐乐', mode })));
      expect(text).not.toMatch(/^- (?:众乐乐|独乐乐)/mu);
      if (mode !== 'socratic') expect(text).toContain('- 獨樂樂（dú yuè lè）');
    }
  });

  test('is no work of ours where it came with the text', async () => {
    expect(await inMode('qa', { ...reading, source: 'document' })).not.toContain(
      phrases.writtenWithAi,
    );
  });

  test('reaches the model as notes beside the passage', () => {
    const written = writePassages([{ n: 1, passage: read, score: 1 }]);
    expect(written).toContain(`${weiZheng.text}\n【注】罔（wǎng），迷惑`);
    expect(written).toContain('；殆，危险');
    expect(written).toContain('【大意】读书和思考要一起来');
    expect(written).not.toContain('【存疑】');
    const doubtful = { ...weiZheng, reading: { ...reading, doubt: '「罔」解说不一' } };
    expect(writePassages([{ n: 1, passage: doubtful, score: 1 }])).toMatch(
      /【存疑】「罔」解说不一$/u,
    );
    expect(writePassages([{ n: 1, passage: weiZheng, score: 1 }]).endsWith(weiZheng.text)).toBe(
      true,
    );
  });
});

test.each([
  ['甲说：“乙问‘去吗’，丙说‘去’。”', '甲说：‘乙问〝去吗〞，丙说〝去〞。’'],
  ['甲說：「乙問『去嗎』。」', '甲說：‘乙問〝去嗎〞。’'],
  ['「甲问“去吗”」', '‘甲问〝去吗〞’'],
  ['只有‘一层’，或『一层』', '只有‘一层’，或‘一层’'],
  ['从前文来的‘话’到这里完。”', '从前文来的〝话〞到这里完。’'],
  ['“话到下文才完，it’s', '‘话到下文才完，it’s'],
])('%s is told as %s', (written, told) => {
  expect(inOwnWords(written)).toBe(told);
});

describe('how a word is read', () => {
  const answer = async (question: string, passage = xueEr, mode: TutorMode = 'qa') => {
    const passages = [{ n: 1, passage, score: 1 }];
    return (await listen(tutor.answer(ask({ passages, question, mode })))).text;
  };

  test.each([
    ['「不亦说乎」的「说」怎么读？', phrases.readAs('说', 'yuè')],
    ['「不亦乐乎」里的「乐」字应该怎么念？', phrases.readAs('乐', 'lè')],
    ['请问愠怎么读', phrases.readAs('愠', 'yùn')],
    ['說字读什么？', phrases.readAs('说', 'yuè')],
    ['「不亦说乎」的拼音是什么', phrases.readAs('不亦说乎', 'bù yì yuè hū')],
    ['「时习之，不亦」怎么读', phrases.readAs('时习之，不亦', 'shí xí zhī bù yì')],
  ])('%s is answered first', async (question, told) => {
    for (const mode of TUTOR_MODES)
      expect((await answer(question, xueEr, mode)).startsWith(`${told}\n\n`)).toBe(true);
  });

  test('goes by the notes of the passage', async () => {
    const notes = [{ term: '罔', reading: 'wáng', meaning: '迷惑' }];
    const passage = { ...weiZheng, reading: { ...reading, notes } };
    expect(await answer('罔怎么读', passage)).toContain(phrases.readAs('罔', 'wáng'));
  });

  test.each(['君子怎么读书？', '这个字怎么读？', '鲲怎么读？', '论语应该怎么读？'])(
    '%s asks for no word of the passage',
    async (question) => {
      expect(await answer(question)).not.toContain('在这里读');
    },
  );
});
