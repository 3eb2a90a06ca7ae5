import { conversationWindow, type Turn } from '../../ai/memory/conversation-window.ts';
import {
  NO_PASSAGES,
  systemPrompt,
  TUTOR_MODES,
  tutorPrompt,
  writePassages,
} from '../../ai/prompts/tutor-prompt.ts';
import { estimateTokens, MESSAGE_OVERHEAD_TOKENS } from '../../ai/tokens/count-tokens.ts';
import { jingYeSi, weiZheng } from '../support/passages.ts';
import { createRandom } from '../support/random.ts';

const cited = [weiZheng, jingYeSi].map((passage, index) => ({ n: index + 1, passage, score: 1 }));

function write(question: string, passages = writePassages(cited)) {
  return tutorPrompt.formatMessages({ rules: systemPrompt('qa'), history: [], question, passages });
}

describe('the prompt', () => {
  it('begins with rules that are the same for all questions of a mode', async () => {
    const [one, other] = [await write('学而'), await write('明月', NO_PASSAGES)];
    expect(one[0]?.text).toBe(systemPrompt('qa'));
    expect(other[0]?.text).toBe(one[0]?.text);
    expect(new Set(TUTOR_MODES.map(systemPrompt)).size).toBe(TUTOR_MODES.length);
    for (const mode of TUTOR_MODES) expect(systemPrompt(mode)).toContain('绝不编造出处');
  });

  it('ends with the question and, after it, the passages', async () => {
    const last = (await write('学而不思则罔怎么讲')).at(-1);
    expect(last?.type).toBe('human');
    const [question, passages] = ['学而不思则罔怎么讲', '[1] 《论语·为政篇》'].map(
      (words) => last?.text.indexOf(words) ?? -1,
    );
    expect(question).toBeGreaterThan(0);
    expect(passages).toBeGreaterThan(question ?? 0);
    expect(last?.text.endsWith(jingYeSi.text)).toBe(true);
  });

  it('does not interpret a question or a passage that looks like a template', async () => {
    const odd = '{rules} {x} {{y}} {% if %} {"a": 1} }{ \\n $& $1';
    const messages = await write(
      odd,
      writePassages([
        { ...cited[0], n: 1, score: 1, passage: { ...weiZheng, text: `${odd}{passages}` } },
      ]),
    );
    expect(messages.at(-1)?.text).toContain(`学生的问题：\n${odd}\n\n`);
    expect(messages.at(-1)?.text).toContain(`${odd}{passages}`);
    expect(messages[0]?.text).toBe(systemPrompt('qa'));
  });

  it('numbers passages and names their place, and says when there are none', () => {
    expect(writePassages(cited)).toBe(
      `[1] 《论语·为政篇》\n${weiZheng.text}\n\n[2] 《李白诗选·静夜思》（唐·李白）\n${jingYeSi.text}`,
    );
    expect(writePassages([])).toBe(NO_PASSAGES);
  });
});

describe('what of a conversation is still told', () => {
  const turn = (n: number, length = 10): Turn => ({
    role: n % 2 === 0 ? 'user' : 'assistant',
    content: `${n}`.padEnd(length, '文'),
  });
  const texts = async (turns: Turn[], budget: number) =>
    (await conversationWindow(turns, budget, estimateTokens)).map((message) => message.text);

  it('is everything while it fits, in order and with its roles', async () => {
    const turns = [0, 1, 2, 3].map((n) => turn(n));
    const window = await conversationWindow(turns, 1_000, estimateTokens);
    expect(window.map(({ type }) => type)).toEqual(['human', 'ai', 'human', 'ai']);
    expect(window.map(({ text }) => text)).toEqual(turns.map(({ content }) => content));
  });

  it('is nothing when there is nothing, or no room', async () => {
    expect(await texts([], 100)).toEqual([]);
    expect(await texts([turn(0), turn(1)], 0)).toEqual([]);
    expect(await texts([turn(0, 5_000), turn(1)], 100)).toEqual([]);
  });

  it('is the latest whole turns, beginning with a question, within the budget', async () => {
    const random = createRandom(23);
    for (let round = 0; round < 30; round += 1) {
      const turns = Array.from({ length: random.below(12) }, (_, n) =>
        turn(n, 2 + random.below(60)),
      );
      const budget = random.below(300);
      const window = await conversationWindow(turns, budget, estimateTokens);
      const all = turns.map(({ content }) => content);
      const kept = window.map(({ text }) => text);
      expect(kept).toEqual(all.slice(all.length - kept.length));
      expect(
        kept.reduce((sum, text) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS, 0),
      ).toBeLessThanOrEqual(budget);
      if (kept.length > 0) expect(window[0]?.type).toBe('human');
      // Not a question more would have fitted.
      const more = turns
        .slice(0, all.length - kept.length)
        .findLastIndex(({ role }) => role === 'user');
      const cost = all
        .slice(Math.max(0, more))
        .reduce((sum, text) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS, 0);
      if (more >= 0) expect(cost).toBeGreaterThan(budget);
    }
  });

  it('counts a rare character or an emoji once', () => {
    expect(estimateTokens('𠀀'.repeat(10))).toBe(estimateTokens('学'.repeat(10)));
  });
});
