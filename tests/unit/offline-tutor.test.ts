import { AIMessage, HumanMessage } from '@langchain/core/messages';
import type { CitedPassage } from '../../ai/citations.ts';
import type { Passage } from '../../ai/passage.ts';
import { type Gloss, glossPassage } from '../../ai/providers/offline/gloss-passage.ts';
import { glossary } from '../../ai/providers/offline/glossary.ts';
import { createOfflineTutor } from '../../ai/providers/offline/offline-tutor.ts';
import { phrases } from '../../ai/providers/offline/phrases.ts';
import type { Focus } from '../../ai/questions/focus.ts';
import { foldCodePoint } from '../../ai/rag/folding.ts';
import { ask, listen } from '../support/ask-a-model.ts';

const tutor = createOfflineTutor({ fold: foldCodePoint });

function cited(n: number, text: string, about: Partial<Passage> = {}, score = 1): CitedPassage {
  const passage: Passage = {
    id: `p${n}`,
    workId: 'lunyu',
    work: '论语',
    chapterId: 'xueer',
    chapter: '学而',
    author: null,
    dynasty: null,
    text,
    ...about,
  };
  return { n, passage, score };
}

async function reply(passages: CitedPassage[], question = '这句话怎么讲？') {
  return listen(tutor.answer(ask({ passages, question })));
}

/** Looks words up the way a pupil would: term → what stands behind it. */
function notesOn(text: string, fold = foldCodePoint): Record<string, string | null> {
  const entry = ({ term, reading, meaning }: Gloss) => [`${term} ${reading}`, meaning];
  return Object.fromEntries(glossPassage(text, fold).map(entry));
}

const xueEr = '子曰：“学而时习之，不亦说乎？有朋自远方来，不亦乐乎？人不知而不愠，不亦君子乎？”';

describe('quoting', () => {
  test('quotes the passage word for word, names its place and cites it', async () => {
    const { text, error } = await reply([cited(4, xueEr)]);
    expect(error).toBeUndefined();
    expect(text).toContain(`「${xueEr}」[4]`);
    expect(text).toContain('《论语·学而》');
  });

  test('names the author, and a work without chapters by its title alone', async () => {
    const about = { work: '静夜思', chapter: '', author: '李白', dynasty: '唐' };
    const { text } = await reply([cited(1, '床前明月光，疑是地上霜。', about)]);
    expect(text).toContain('**《静夜思》** 唐·李白');
  });

  test('says first where the learner quotes otherwise than the book has it', async () => {
    const passages = [cited(2, xueEr)];
    const { text } = await reply(passages, '「有朋自近方来，不亦乐乎」写对了吗？');
    expect(text.split('\n')[0]).toBe(
      '你引的是「有朋自近方来，不亦乐乎」，书里作「有朋自远方来，不亦乐乎」[2]。',
    );
    const right = await reply(passages, '「有朋自远方来，不亦乐乎」写对了吗？');
    expect(right.text).not.toContain('书里作');
    const other = await reply(passages, '「春风又绿江南岸」写对了吗？');
    expect(other.text).not.toContain('书里作');
  });

  test('leaves quotation marks inside a passage alone and takes others around it', async () => {
    const traditional = '子曰：「學而不思則罔，思而不學則殆。」';
    const { text } = await reply([cited(1, traditional)]);
    expect(text).toContain(`『${traditional}』[1]`);
  });

  test('cites only the numbers it was given, the best three at most', async () => {
    const texts = ['巧言令色，鲜矣仁！', '温故而知新，可以为师矣。', '君子不器。', '有教无类。'];
    const { text } = await reply(texts.map((line, index) => cited(index + 2, line)));
    expect([...text.matchAll(/\[(\d+)\]/g)].map(([, n]) => n)).toEqual(['2', '3', '4']);
    expect(text).not.toContain('有教无类');
  });

  test('leaves out what is far behind the best, or the same again', async () => {
    const { text } = await reply([
      cited(1, '有教无类。', {}, 0.9),
      cited(2, '有教無類！', {}, 0.8),
      cited(3, '君子不器。', {}, 0.2),
    ]);
    expect([...text.matchAll(/\[(\d+)\]/g)].map(([, n]) => n)).toEqual(['1']);
  });

  test('of a long passage quotes whole neighbouring sentences nearest to the question', async () => {
    const filler = (name: string) => `${name}氏之事，旧史所载甚详，今不复述于此篇之中也。`;
    const wanted = '鲲之大，不知其几千里也。化而为鸟，其名为鹏。';
    const names = ['甲', '乙', '丙', '丁', '戊', '己', '庚', '辛'];
    const long = [...names.map(filler), wanted, ...names.map(filler)].join('');
    const { text } = await reply([cited(1, long)], '鲲变成的鸟其名叫什么？');
    const quotation = /「([^」]+)」\[1\]/.exec(text)?.[1] ?? '';
    expect(quotation).toContain('其名为鹏。');
    expect(long).toContain(quotation);
    expect(quotation.length).toBeLessThan(160);
    expect(text).toContain(phrases.excerpt);
  });

  test('of a long passage that shares nothing with the question quotes the beginning', async () => {
    const long = Array.from({ length: 30 }, (_, n) => `第${n}句在此处写着一些字。`).join('');
    const { text } = await reply([cited(1, long)], 'hello');
    expect(text).toContain('「第0句');
    const quotation = /「([^」]+)」\[1\]/.exec(text)?.[1] ?? '';
    expect(long.startsWith(quotation)).toBe(true);
    expect(quotation.length).toBeGreaterThan(100);
  });

  test('keeps the lines of a poem', async () => {
    const poem = '关关雎鸠，在河之洲。\n窈窕淑女，君子好逑。';
    expect((await reply([cited(1, poem)])).text).toContain(`「${poem}」[1]`);
  });
});

describe('what it says in its own name', () => {
  test('says in its first answer what it does, in one sentence for a child, and never again', async () => {
    const { text } = await reply([cited(1, xueEr)]);
    expect(text.endsWith(phrases.noModel)).toBe(true);
    expect(text.split(phrases.noModel)).toHaveLength(2);
    expect(phrases.noModel.match(/[。！？]/gu)).toHaveLength(1);
    expect(JSON.stringify(phrases)).not.toMatch(/[A-Z]+_|管理员/);
    const messages = [new HumanMessage('学而'), new AIMessage(text), new HumanMessage('再讲讲')];
    const again = ask({ passages: [cited(1, xueEr)], messages });
    expect((await listen(tutor.answer(again))).text).not.toContain(phrases.noModel);
  });

  test.each([
    ['谢谢老师！', phrases.smallTalk.thanks],
    ['明白了', phrases.smallTalk.understood],
    ['好的，谢谢', phrases.smallTalk.thanks],
    ['再见', phrases.smallTalk.farewell],
    ['你是谁？', phrases.smallTalk.introduction],
    ['老师好', phrases.greeting],
  ])('answers 「%s」 in kind', async (question, expected) => {
    const { text } = await reply([], question);
    expect(text.startsWith(expected)).toBe(true);
  });

  test('says what the passage is to the question, and shows it alone', async () => {
    const lead = async (focus: Focus, about: Partial<Passage> = {}) => {
      const passages = [cited(1, '举头望明月，低头思故乡。', about), cited(2, xueEr)];
      const { text } = await listen(tutor.answer(ask({ passages, focus, question: '呢？' })));
      expect(text).not.toContain('[2]');
      return text.split('\n')[0];
    };
    const poem = { work: '静夜思', chapter: '', author: '李白', dynasty: '唐' };
    expect(await lead({ kind: 'next', line: '低头思故乡' })).toMatch(/^下一句是「低头思故乡」/);
    expect(await lead({ kind: 'previous', line: '举头望明月' })).toMatch(/^上一句是「举头望明月」/);
    expect(await lead({ kind: 'next' })).toBe(phrases.nextPassage);
    expect(await lead({ kind: 'first' }, poem)).toMatch(/^这已是《静夜思》的第一句/);
    expect(await lead({ kind: 'last' }, poem)).toMatch(/^这已是《静夜思》的最后一句/);
    expect(await lead({ kind: 'source' }, poem)).toBe('这出自《静夜思》，作者是唐·李白：');
    expect(await lead({ kind: 'source' })).toContain(phrases.authorUnknown);
    expect(await lead({ kind: 'point' })).toBe(phrases.thatPoint);
  });

  test('names who speaks where the book names no author', async () => {
    const request = ask({ passages: [cited(1, xueEr)], focus: { kind: 'source' } });
    expect((await listen(tutor.answer(request))).text).toContain('开头写的是「子曰」');
  });

  test('finding nothing, it says so, invites another question and quotes nothing', async () => {
    const { text, parts } = await reply([]);
    expect(text).toContain(phrases.nothingFound);
    expect(text).toContain(phrases.rephrase);
    expect(text).not.toMatch(/[「『“]|\[\d|《/);
    expect(parts.at(-1)).toEqual({ type: 'end', truncated: false });
  });

  test('comes in sentences and ends with a usage of nothing', async () => {
    const { parts } = await reply([cited(1, xueEr)]);
    expect(parts.length).toBeGreaterThan(6);
    const usage = { model: 'offline', promptTokens: 0, cachedTokens: 0, completionTokens: 0 };
    expect(parts.slice(-2)).toEqual([
      { type: 'usage', usage },
      { type: 'end', truncated: false },
    ]);
    expect(tutor).toMatchObject({ name: 'offline', online: false });
  });

  test('stops when told to', async () => {
    const reason = new Error('stop');
    const signal = AbortSignal.abort(reason);
    const { error, parts } = await listen(tutor.answer(ask({ passages: [], signal })));
    expect(error).toBe(reason);
    expect(parts).toEqual([]);
  });

  test('shows eight notes at most, the hardest first', async () => {
    const guanJu =
      '关关雎鸠，在河之洲。窈窕淑女，君子好逑。参差荇菜，左右流之。窈窕淑女，寤寐求之。悠哉悠哉，辗转反侧。参差荇菜，左右芼之。蒹葭苍苍，溯洄从之。';
    const { text } = await reply([cited(1, guanJu)]);
    expect(text).toContain('- 雎鸠（jū jiū）：一种水鸟');
    expect(text.match(/^- /gmu)).toHaveLength(8);
  });
});

describe('glosses', () => {
  test('the words of 学而, in their sense', () => {
    expect(notesOn(xueEr)).toMatchObject({
      '说 yuè': '同「悦」，高兴',
      '愠 yùn': '恼怒，怨恨',
    });
    expect(Object.keys(notesOn(xueEr))[0]).toBe('说 yuè');
  });

  test('are the same in traditional script, in the script of the passage', () => {
    const notes = notesOn('子曰：「學而時習之，不亦說乎？人不知而不慍，不亦君子乎？」');
    expect(notes).toMatchObject({ '說 yuè': '同「悦」，高兴', '慍 yùn': '恼怒，怨恨' });
    expect(Object.keys(notes)).not.toContain('學 xué');
  });

  test.each([
    ['君子喻于义，小人喻于利。', '说'],
    ['臣闻之说：“小大由之。”', '说'],
    ['弟子规，圣人训。', '弟'],
    ['寡人求诸侯之助。', '诸'],
    ['夫子循循然善诱人。', '夫'],
    ['知之者不如好之者。', '知'],
    ['有子七人，莫慰母心。', '有子'],
    ['周行而不殆。', '殆'],
  ])('%s carries no special sense of %s', (text, term) => {
    expect(glossPassage(text, foldCodePoint).map((gloss) => gloss.term)).not.toContain(term);
  });

  test.each([
    ['学而不思则罔，思而不学则殆。', '罔 wǎng', '迷惑而无所得'],
    ['昊天罔极', '罔 wǎng', '没有'],
    ['百战不殆', '殆 dài', '危险'],
    ['弟子入则孝，出则弟', '弟 tì', '同「悌」，敬爱兄长'],
    ['宋人有閔其苗之不長而揠之者', '揠 yà', '拔'],
    ['晋文公谲而不正', '谲 jué', '诡诈，不正派'],
    ['仁者樂山', '樂 yào', '喜爱'],
    ['桃之夭夭', '夭夭 yāo yāo', '茂盛美好的样子'],
    ['申申如也，夭夭如也', '夭夭 yāo yāo', '和舒自在的样子'],
  ])('%s: %s', (text, term, meaning) => {
    expect(notesOn(text)).toHaveProperty([term], meaning);
  });

  test('rare characters without a gloss still get their reading', () => {
    const notes = glossPassage('其子趋而往视之，苗则槁矣。', foldCodePoint);
    expect(notes).toEqual([{ term: '槁', reading: 'gǎo', meaning: null }]);
  });

  test('readings stay with their characters across punctuation, Latin and rare planes', () => {
    const notes = glossPassage('a1 b，，𠀀 。😀槁木；觚不觚', foldCodePoint);
    expect(notes).toContainEqual({ term: '槁', reading: 'gǎo', meaning: null });
    expect(notes).toContainEqual({ term: '觚', reading: 'gū', meaning: null });
  });

  test('everyday words and an empty text need no notes', () => {
    expect(glossPassage('天下大事，必作于细。', foldCodePoint)).toEqual([]);
    expect(glossPassage('')).toEqual([]);
  });

  test('without folding simplified text is glossed all the same', () => {
    expect(glossPassage('不亦说乎')).toEqual([
      { term: '说', reading: 'yuè', meaning: '同「悦」，高兴' },
    ]);
  });
});

describe('the glossary', () => {
  test('has a syllable for every character and contexts that contain their word', () => {
    for (const { term, reading, contexts } of glossary) {
      expect(`${term} ${reading.split(' ').length}`).toBe(`${term} ${[...term].length}`);
      for (const context of contexts) expect(context).toContain(term);
    }
  });

  test('says nothing twice and leaves no sense open to chance', () => {
    const general = glossary.filter(({ contexts }) => contexts.length === 0);
    expect(new Set(general.map(({ term }) => term)).size).toBe(general.length);
    expect(glossary.every(({ meaning }) => meaning.length > 0)).toBe(true);
    expect(glossary.length).toBeGreaterThan(300);
  });
});
