import { AIMessage, HumanMessage } from '@langchain/core/messages';
import type { AnswerRequest } from '../../ai/providers/answer-model.ts';
import { createOfflineTutor } from '../../ai/providers/offline/offline-tutor.ts';
import { phrases } from '../../ai/providers/offline/phrases.ts';
import { foldCodePoint } from '../../ai/rag/folding.ts';
import { TUTOR_MODES, type TutorMode } from '../../ai/tutor-mode.ts';
import { ask, listen } from '../support/ask-a-model.ts';
import { passageOf, weiZheng } from '../support/passages.ts';

const tutor = createOfflineTutor({ fold: foldCodePoint });

describe('the modes, as far as they go without a model', () => {
  const lunyu = { n: 1, passage: weiZheng, score: 1 };
  const other = { n: 2, passage: passageOf('p2', '温故而知新，可以为师矣。'), score: 0.8 };
  const inMode = (
    mode: TutorMode,
    question = '「学而不思则罔」怎么讲？',
    more: Partial<AnswerRequest> = {},
  ) => listen(tutor.answer(ask({ passages: [lunyu, other], question, mode, ...more })));
  const places = (text: string, ...parts: string[]) => parts.map((part) => text.indexOf(part));

  test('explaining goes through its five headings in order, and says what it cannot do', async () => {
    const { text } = await inMode('explain');
    const at = places(text, '## 字词', '## 句意', '## 大意', '## 出处', '## 延伸');
    expect(Math.min(...at)).toBeGreaterThan(0);
    expect(at).toEqual([...at].sort((one, another) => one - another));
    expect(text).toContain('罔（wǎng）：迷惑而无所得');
    expect(text).toContain(phrases.sentenceByYourself);
    expect(text.indexOf('**《论语·为政篇》**')).toBeGreaterThan(text.indexOf('## 出处'));
    expect(text.indexOf('[2]')).toBeGreaterThan(text.indexOf('## 延伸'));
  });

  test('translating admits that it writes none, either way, and gives the words', async () => {
    const { text: modern } = await inMode('translate', '把「学而不思则罔」译成白话');
    expect(modern).toContain(phrases.noTranslation);
    expect(modern).toContain('罔（wǎng）');
    const { text: classical } = await inMode('translate', '用文言文怎么说：只读书不动脑筋不行');
    expect(classical).toContain(phrases.noClassicalWriting);
    expect(classical).toContain('[1]');
  });

  test('the Socratic way asks for a word first, and tells it when the learner has tried', async () => {
    const { text: first } = await inMode('socratic');
    expect(first).toContain(phrases.askWord('罔'));
    expect(first).not.toContain('迷惑而无所得');
    const asked = [new HumanMessage('罔怎么讲'), new AIMessage(first), new HumanMessage('糊涂')];
    const { text: second } = await inMode('socratic', '就是糊涂的样子', { messages: asked });
    expect(second).toContain('迷惑而无所得');
    expect(second).toContain(phrases.askWhole);
    const { text: anew } = await inMode('socratic', '「殆」怎么讲？', { messages: asked });
    expect(anew).not.toContain('迷惑而无所得');
  });

  test('the Socratic way tells more each time the learner does not know, and then admits it', async () => {
    const messages = [new HumanMessage('罔怎么讲'), new AIMessage((await inMode('socratic')).text)];
    const said: string[] = [];
    for (let time = 0; time < 3; time += 1) {
      const { text } = await inMode('socratic', '不知道', { messages });
      messages.push(new HumanMessage('不知道'), new AIMessage(text));
      said.push(text);
    }
    expect(said[0]).toContain('迷惑而无所得');
    expect(said[1]).toContain('温故而知新');
    expect(said[2]).toContain(phrases.tellPlace);
    expect(new Set(said).size).toBe(3);
  });

  test('explaining compares with another chapter, not with what follows in the same', async () => {
    const next = {
      n: 2,
      passage: { ...weiZheng, id: 'p3', text: '子曰：「君子不器。」' },
      score: 1,
    };
    const { text } = await inMode('explain', '为政', { passages: [lunyu, next] });
    expect(text).toContain(phrases.nothingToCompare);
  });

  test('none of them quotes or invents anything when nothing was found', async () => {
    for (const mode of TUTOR_MODES) {
      const { text } = await inMode(mode, '电脑蓝屏怎么办', { passages: [] });
      expect(text).toContain(phrases.nothingFound);
      expect(text).not.toMatch(/[「『“]|\[\d|《|##/);
    }
  });
});
