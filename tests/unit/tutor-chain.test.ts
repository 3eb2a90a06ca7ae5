import type { Turn } from '../../ai/memory/conversation-window.ts';
import { NO_PASSAGES, TUTOR_MODES } from '../../ai/prompts/tutor-prompt.ts';
import type { AnswerPart, ModelUsage } from '../../ai/providers/answer-model.ts';
import { createScriptedModel, type ScriptedAnswer } from '../../ai/providers/scripted.ts';
import type { Retrieval } from '../../ai/rag/retriever.ts';
import { estimateTokens, MESSAGE_OVERHEAD_TOKENS } from '../../ai/tokens/count-tokens.ts';
import {
  createTutorChain,
  DEFAULT_LIMITS,
  promptTokenBudget,
  type TutorEvent,
  type TutorQuestion,
} from '../../ai/tutor-chain.ts';
import { passageOf, weiZheng, xueEr } from '../support/passages.ts';

const usage: ModelUsage = { model: 'm', promptTokens: 9, cachedTokens: 0, completionTokens: 3 };
const say = (...texts: string[]): AnswerPart[] => [
  ...texts.map((text) => ({ type: 'text', text }) as const),
  { type: 'usage', usage },
];
const found = (support = 1): Retrieval => ({
  items: [xueEr, weiZheng].map((passage) => ({ passage, score: 0.5 })),
  support,
  dense: true,
});

function tutor(answers: ScriptedAnswer[], retrieval = found(), limits = DEFAULT_LIMITS) {
  const queries: string[] = [];
  const model = createScriptedModel(answers);
  const retriever = {
    retrieve: async (query: string) => {
      queries.push(query);
      return retrieval;
    },
  };
  const chain = createTutorChain({ retriever, model, limits, countTokens: estimateTokens });
  return { chain, model, queries };
}

const ask = (question: string, more: Partial<TutorQuestion> = {}): TutorQuestion => ({
  question,
  history: [],
  mode: 'qa',
  thinking: false,
  maxOutputTokens: 100,
  ...more,
});

async function all(events: AsyncIterable<TutorEvent>): Promise<TutorEvent[]> {
  const collected: TutorEvent[] = [];
  for await (const event of events) collected.push(event);
  return collected;
}

const textOf = (events: TutorEvent[]) =>
  events.map((event) => (event.type === 'text' ? event.text : '')).join('');

describe('an answer', () => {
  it('begins with its citations, numbered as they were given, and ends with the usage', async () => {
    const { chain, model } = tutor([say('「学而不思则罔」', '[2]', '。')]);
    const events = await all(await chain.stream(ask('学与思')));
    expect(events[0]).toEqual({
      type: 'citations',
      citations: [
        { passage: xueEr, score: 0.5, n: 1 },
        { passage: weiZheng, score: 0.5, n: 2 },
      ],
      dense: true,
    });
    expect(events.at(-1)).toEqual({ type: 'usage', usage });
    expect(events.filter(({ type }) => type === 'usage')).toHaveLength(1);
    expect(textOf(events)).toBe('「学而不思则罔」[2]。');
    expect(model.requests[0]?.passages.map(({ n }) => n)).toEqual([1, 2]);
  });

  it('comes piece by piece, not all at the end', async () => {
    let asked = 0;
    const slowly = function* (): Generator<AnswerPart> {
      for (const part of say('学', '而', '时')) {
        asked += 1;
        yield part;
      }
    };
    const { chain } = tutor([slowly]);
    for await (const event of await chain.stream(ask('学'))) {
      if (event.type === 'text') break;
    }
    expect(asked).toBeLessThan(4);
  });

  it('never shows a citation that was not given, however it was cut', async () => {
    const { chain } = tutor([say(...'见[1]、[3]、[2, 7]和[12]。')]);
    expect(textOf(await all(await chain.stream(ask('学'))))).toBe('见[1]、、[2]和。');
  });

  it('shows a marker it was cut off in before the usage, not after it', async () => {
    const { chain } = tutor([say('见[1')]);
    const events = await all(await chain.stream(ask('学')));
    expect(textOf(events)).toBe('见[1');
    expect(events.at(-1)?.type).toBe('usage');
  });

  it('passes thoughts on as they are and leaves out empty pieces', async () => {
    const { chain } = tutor([
      [{ type: 'thinking', text: '想[9]' }, { type: 'thinking', text: '' }, ...say('', '答')],
    ]);
    const events = await all(await chain.stream(ask('学', { thinking: true })));
    expect(events.slice(2, -1)).toEqual([
      { type: 'thinking', text: '想[9]' },
      { type: 'text', text: '答' },
    ]);
  });

  it('fails as the model fails, after its citations', async () => {
    const { chain } = tutor([new Error('overloaded')]);
    const seen: TutorEvent[] = [];
    const listening = async () => {
      for await (const event of await chain.stream(ask('学'))) seen.push(event);
    };
    await expect(listening()).rejects.toThrow('overloaded');
    expect(seen.map(({ type }) => type)).toEqual(['citations', 'prompt']);
  });

  it('stops when the listener aborts, and tells the model', async () => {
    const { chain, model } = tutor([say(...'学而时习之不亦说乎')]);
    const stopping = new AbortController();
    const seen: string[] = [];
    const listening = async () => {
      for await (const event of await chain.stream(ask('学'), { signal: stopping.signal })) {
        seen.push(event.type);
        if (event.type === 'text') stopping.abort();
      }
    };
    await expect(listening()).rejects.toThrow(/abort/i);
    expect(seen).not.toContain('usage');
    expect(model.requests[0]?.signal.aborted).toBe(true);
  });
});

describe('what the model is given', () => {
  it('is no passage when the library does not support the question', async () => {
    const { chain, model } = tutor([say('没有找到')], found(0.05));
    const events = await all(await chain.stream(ask('电脑蓝屏怎么办')));
    expect(events[0]).toEqual({ type: 'citations', citations: [], dense: true });
    expect(model.requests[0]?.passages).toEqual([]);
    expect(model.requests[0]?.messages.at(-1)?.text).toContain(NO_PASSAGES);
  });

  it('is no passage for small talk, and nothing is searched', async () => {
    const { chain, queries } = tutor([say('你好')]);
    const events = await all(await chain.stream(ask('你好，老师！')));
    expect(queries).toEqual([]);
    expect(events[0]).toMatchObject({ citations: [] });
  });

  it('is searched with the question before when this one points back', async () => {
    const history: Turn[] = [
      { role: 'user', content: '学而不思则罔出自哪里' },
      { role: 'assistant', content: '《论语》' },
    ];
    const { chain, model, queries } = tutor([say('罔')]);
    await all(await chain.stream(ask('它是什么意思', { history })));
    expect(queries).toEqual(['学而不思则罔出自哪里\n它是什么意思']);
    const types = model.requests[0]?.messages.map(({ type }) => type);
    expect(types).toEqual(['system', 'human', 'ai', 'human']);
  });

  it('says when the vector database was away', async () => {
    const { chain } = tutor([say('答')], { ...found(), dense: false });
    const [first] = await all(await chain.stream(ask('学')));
    expect(first).toMatchObject({ type: 'citations', dense: false });
  });

  it('never comes to more than was reckoned with beforehand', async () => {
    const long = Array.from({ length: 8 }, (_, n) => ({
      passage: passageOf(`p${n}`, '文'.repeat(100 + n * 60), { author: '无名氏', dynasty: '宋' }),
      score: 1 - n / 10,
    }));
    const history = Array.from(
      { length: 40 },
      (_, n): Turn => ({
        role: n % 2 === 0 ? 'user' : 'assistant',
        content: '问答'.repeat(100),
      }),
    );
    for (const mode of TUTOR_MODES) {
      const { chain, model } = tutor([say('答')], { items: long, support: 1, dense: true });
      await all(await chain.stream(ask('学'.repeat(500), { mode, history })));
      const messages = model.requests[0]?.messages ?? [];
      const used = messages.reduce(
        (sum, { text }) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS,
        0,
      );
      expect(used).toBeLessThanOrEqual(
        promptTokenBudget(DEFAULT_LIMITS, estimateTokens, '学'.repeat(500), history),
      );
      expect(model.requests[0]?.passages.length).toBeGreaterThan(2);
    }
  });

  it('counts what stands around a passage, and always gives the best one', async () => {
    const terse = Array.from({ length: 8 }, (_, n) => ({
      passage: passageOf(`p${n}`, '文', { chapter: '一个很长很长的篇名'.repeat(3) }),
      score: 1,
    }));
    const limits = { ...DEFAULT_LIMITS, passageTokens: 80 };
    const { chain, model } = tutor([say('答')], { items: terse, support: 1, dense: true }, limits);
    await all(await chain.stream(ask('学')));
    const messages = model.requests[0]?.messages ?? [];
    const used = messages.reduce(
      (sum, { text }) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS,
      0,
    );
    expect(used).toBeLessThanOrEqual(promptTokenBudget(limits, estimateTokens, '学', []));
    expect(model.requests[0]?.passages.map(({ n }) => n)).toEqual([1, 2]);
  });
});
