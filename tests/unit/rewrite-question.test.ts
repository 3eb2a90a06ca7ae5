import type { Turn } from '../../ai/memory/conversation-window.ts';
import { HOUSE_HEAD } from '../../ai/prompts/house-rules.ts';
import type { AnswerPart, ModelUsage } from '../../ai/providers/answer-model.ts';
import { createScriptedModel, type ScriptedAnswer } from '../../ai/providers/scripted.ts';
import { createRewriteQuestion } from '../../ai/questions/rewrite-question.ts';
import { aWhile } from '../support/eventually.ts';

const usage: ModelUsage = { model: 'm', promptTokens: 90, cachedTokens: 0, completionTokens: 9 };
const say = (text: string, truncated = false): AnswerPart[] => [
  { type: 'text', text },
  { type: 'usage', usage },
  { type: 'end', truncated },
];
const history: Turn[] = [
  { role: 'user', content: '「学而不思则罔」出自哪里？' },
  { role: 'assistant', content: `出自《论语》[1]。${'很长的话。'.repeat(200)}` },
];
const live = () => new AbortController().signal;

function rewriter(answer: ScriptedAnswer, limitMs = 1_000) {
  const model = createScriptedModel([answer]);
  const used: [string, ModelUsage][] = [];
  const warnings: string[] = [];
  const rewrite = createRewriteQuestion({
    model,
    limitMs,
    onUsage: (...reported) => void used.push(reported),
    log: { warn: (_fields, message) => void warnings.push(message) },
  });
  const ask = (signal = live()) =>
    rewrite({ question: '它的下一句呢？', history, cohort: 'c' }, signal);
  return { ask, model, used, warnings };
}

it('gives the question that stands alone, and says what it cost', async () => {
  const { ask, model, used } = rewriter(say('问题：「学而不思则罔」的下一句是什么？\n'));
  expect(await ask()).toBe('「学而不思则罔」的下一句是什么？');
  expect(used).toEqual([['rewrite', usage]]);
  const [request] = model.requests;
  expect(request).toMatchObject({ thinking: false, maxOutputTokens: 80, cohort: 'c' });
  expect(request?.messages[0]?.text.startsWith(HOUSE_HEAD)).toBe(true);
  const material = request?.messages[1]?.text ?? '';
  expect(material).toContain('它的下一句呢？');
  expect(material.length).toBeLessThan(500);
});

it.each<[string, ScriptedAnswer]>([
  ['says nothing', say('')],
  ['answers instead', say('下一句是：\n「思而不学则殆」')],
  ['goes on and on', say('学'.repeat(81))],
  ['was cut off', say('「学而不思', true)],
  ['speaks no Chinese', say('What comes next?')],
  ['fails', new Error('overloaded')],
])('a model that %s leaves it to the rules', async (_, answer) => {
  expect(await rewriter(answer).ask()).toBeUndefined();
});

it('nobody waits long for it', async () => {
  async function* slow(): AsyncGenerator<AnswerPart> {
    await aWhile(300);
    yield* say('太晚了');
  }
  const { ask, warnings } = rewriter(slow, 50);
  expect(await ask()).toBeUndefined();
  expect(warnings).toHaveLength(1);
});

it('stops with the answer it was for', async () => {
  const { ask, warnings } = rewriter(say('学'));
  await expect(ask(AbortSignal.abort(new Error('stopped')))).rejects.toThrow('stopped');
  expect(warnings).toEqual([]);
});
