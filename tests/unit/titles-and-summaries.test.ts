import type { Turn } from '../../ai/memory/conversation-window.ts';
import { foldIntoSummary } from '../../ai/memory/running-summary.ts';
import type { AnswerPart } from '../../ai/providers/answer-model.ts';
import { createScriptedModel } from '../../ai/providers/scripted.ts';
import { cleanTitle } from '../../ai/titles.ts';
import { estimateTokens } from '../../ai/tokens/count-tokens.ts';

it.each([
  ['学与思', '学与思'],
  ['「学与思的关系」', '学与思的关系'],
  ['标题：《论语》谈学习。\n\n说明：……', '《论语》谈学习'],
  ['\n## **静夜思**里的月亮！\n', '静夜思里的月亮'],
  ['一二三四五六七八九十一二三四五六', '一二三四五六七八九十一二三四'],
  ['𠀀𠀁'.repeat(10), '𠀀𠀁'.repeat(7)],
])('%j becomes the title %s', (text, title) => {
  expect(cleanTitle(text)).toBe(title);
});

it.each(['', '  \n', '「」', '。。。'])('%j is no title', (text) => {
  expect(cleanTitle(text)).toBeUndefined();
});

describe('a summary', () => {
  const turns = Array.from(
    { length: 12 },
    (_, n): Turn => ({
      role: n % 2 === 0 ? 'user' : 'assistant',
      content: `${n}[1]`.padEnd(500, '文'),
    }),
  );
  const fold = async (
    text: string,
    truncated = false,
    said = turns,
    summary: string | null = null,
  ) => {
    const parts: AnswerPart[] = [
      { type: 'text', text },
      { type: 'end', truncated },
    ];
    const model = createScriptedModel([parts]);
    const tools = { model, countTokens: estimateTokens, onUsage: () => undefined };
    const { signal } = new AbortController();
    const folded = await foldIntoSummary(tools, { summary, turns: said }, signal);
    return { folded, requests: model.requests };
  };

  it('is made of the oldest turns and the one before, when there is too much', async () => {
    const { folded, requests } = await fold(' 学生问过孔子。\n', false, turns, '学生叫小明。');
    expect(folded).toEqual({ summary: '学生问过孔子。', turns: 10 });
    const material = requests[0]?.messages[1]?.text ?? '';
    expect(material).toContain('先前的摘要：\n学生叫小明。');
    expect(material).toContain('学生：0文');
    expect(material).toContain('老师：9文');
    expect(material).not.toContain('10文');
  });

  it('is not made while it all fits, nor of nothing', async () => {
    expect((await fold('摘要', false, turns.slice(0, 4))).requests).toEqual([]);
    expect((await fold('  ')).folded).toBeUndefined();
  });

  it('that was cut off or runs on ends with a whole sentence', async () => {
    expect((await fold('一。二。三', true)).folded?.summary).toBe('一。二。');
    const long = '学生问过孔子。'.repeat(200);
    const { folded } = await fold(long);
    expect([...(folded?.summary ?? '')].length).toBeLessThanOrEqual(600);
    expect(folded?.summary.endsWith('。')).toBe(true);
  });
});
