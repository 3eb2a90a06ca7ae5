import type { Turn } from '../../ai/memory/conversation-window.ts';
import { createDeepSeekModel } from '../../ai/providers/deepseek.ts';
import { estimateTokens } from '../../ai/tokens/count-tokens.ts';
import { createTutorChain, DEFAULT_LIMITS } from '../../ai/tutor-chain.ts';
import type { TutorEvent } from '../../ai/tutor-event.ts';
import { promptText } from '../support/deepseek-protocol.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';
import { libraryOf, passageOf } from '../support/passages.ts';

/** What a prompt is before the passages, which change with every question. */
const PASSAGES = '\n\n可引用的原文：';
const ANSWER = '这句话说的是学习与思考要结合起来，只学不想会迷惑，只想不学就危险。'.repeat(9);

const passages = Array.from({ length: 40 }, (_, n) =>
  passageOf(`p${n}`, `第${n}章：${'子曰学而时习之不亦说乎。'.repeat(8)}`),
);
let deepSeek: DeepSeekStandIn;
beforeEach(async () => {
  deepSeek = await startDeepSeekStandIn({ defaults: { text: ANSWER, deltaLength: 200 } });
});
afterEach(() => deepSeek.close());

/** So many turns, each with passages of its own; what was told of each, and what it used. */
async function converse(turns: number, limits = DEFAULT_LIMITS) {
  let asked = 0;
  const chain = createTutorChain({
    model: createDeepSeekModel({
      apiKey: 'sk-test',
      baseUrl: deepSeek.url,
      model: 'deepseek-flash',
    }),
    retriever: {
      async retrieve() {
        const items = [0, 1, 2, 3, 4].map((n) => passages[(asked * 5 + n) % passages.length]);
        return {
          items: items.flatMap((passage) => (passage ? { passage, score: 1 } : [])),
          support: 1,
          dense: true,
        };
      },
    },
    library: libraryOf(passages),
    answerable: async () => true,
    countTokens: estimateTokens,
    limits,
  });
  const history: Turn[] = [];
  const usages = [];
  for (; asked < turns; asked += 1) {
    const question = `第${asked}个问题：学与思是什么关系，请详细讲一讲好吗？`;
    const options = { mode: 'qa', thinking: false, maxOutputTokens: 1_500 } as const;
    const events: TutorEvent[] = [];
    for await (const event of await chain.stream({ question, history: [...history], ...options }))
      events.push(event);
    usages.push(events.flatMap((event) => (event.type === 'usage' ? event.usage : []))[0]);
    history.push({ role: 'user', content: question }, { role: 'assistant', content: ANSWER });
  }
  return { prompts: deepSeek.requests.map(({ body }) => promptText(body)), usages };
}

/** Which share of the prompt before, up to its passages, each prompt begins with. */
function sharesKept(prompts: readonly string[]): number[] {
  return prompts.slice(1).map((prompt, index) => {
    const [before = ''] = (prompts[index] ?? '').split(PASSAGES);
    let kept = 0;
    while (kept < before.length && prompt[kept] === before[kept]) kept += 1;
    return kept / before.length;
  });
}

it('a conversation of twelve turns repeats each prompt whole up to its passages', async () => {
  const { prompts, usages } = await converse(12);
  expect(prompts).toHaveLength(12);
  for (const share of sharesKept(prompts)) expect(share).toBe(1);
  const sum = (key: 'cachedTokens' | 'promptTokens') =>
    usages.slice(1).reduce((total, usage) => total + (usage?.[key] ?? 0), 0);
  const hit = sum('cachedTokens') / sum('promptTokens');
  // What is left is new with every question: the passages, the last answer and the question itself.
  expect(hit).toBeGreaterThan(0.55);
});

it('a long one loses its beginning now and then, not with every question', async () => {
  const limits = { ...DEFAULT_LIMITS, history: { most: 2_000, least: 1_000 } };
  const { prompts } = await converse(24, limits);
  const shares = sharesKept(prompts);
  const broken = shares.filter((share) => share < 0.9).length;
  expect(broken).toBeGreaterThan(2);
  expect(broken).toBeLessThanOrEqual(24 / 3);
});
