import type { Turn } from '../../ai/memory/conversation-window.ts';
import { NO_PASSAGES, SUMMARY_HEAD } from '../../ai/prompts/tutor-prompt.ts';
import type { AnswerPart, ModelUsage } from '../../ai/providers/answer-model.ts';
import { createScriptedModel, type ScriptedAnswer } from '../../ai/providers/scripted.ts';
import { FOCUS_HINTS } from '../../ai/questions/focus.ts';
import type { Retrieval } from '../../ai/rag/retriever.ts';
import { estimateTokens, MESSAGE_OVERHEAD_TOKENS } from '../../ai/tokens/count-tokens.ts';
import {
  createTutorChain,
  DEFAULT_LIMITS,
  LEAST_PASSAGE_TOKENS,
  promptTokenBudget,
  type TutorParts,
  type TutorQuestion,
} from '../../ai/tutor-chain.ts';
import type { TutorEvent } from '../../ai/tutor-event.ts';
import { TUTOR_MODES } from '../../ai/tutor-mode.ts';
import { libraryOf, passageOf, weiZheng, xueEr } from '../support/passages.ts';

const usage: ModelUsage = { model: 'm', promptTokens: 9, cachedTokens: 0, completionTokens: 3 };
const say = (...texts: string[]): AnswerPart[] => [
  ...texts.map((text) => ({ type: 'text', text }) as const),
  { type: 'usage', usage },
  { type: 'end', truncated: false },
];
const found = (support = 1): Retrieval => ({
  items: [xueEr, weiZheng].map((passage) => ({ passage, score: 0.5 })),
  support,
  dense: true,
});

const library = libraryOf([xueEr, weiZheng]);

function tutor(
  answers: ScriptedAnswer[],
  retrieval = found(),
  limits = DEFAULT_LIMITS,
  rewrite?: TutorParts['rewrite'],
) {
  const queries: string[] = [];
  const model = createScriptedModel(answers);
  const retriever = {
    retrieve: async (query: string) => {
      queries.push(query);
      return retrieval;
    },
  };
  const chain = createTutorChain({
    ...{ retriever, model, limits, library, rewrite, countTokens: estimateTokens },
    answerable: async () => true,
  });
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
    expect(events.slice(-3)).toEqual([
      { type: 'usage', usage },
      { type: 'follow-ups', questions: expect.any(Array) },
      { type: 'end', truncated: false },
    ]);
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
    const types = events.map(({ type }) => type);
    expect(types.indexOf('usage')).toBeGreaterThan(types.lastIndexOf('text'));
  });

  it('passes thoughts on as they are and leaves out empty pieces', async () => {
    const { chain } = tutor([
      [{ type: 'thinking', text: '想[9]' }, { type: 'thinking', text: '' }, ...say('', '答')],
    ]);
    const events = await all(await chain.stream(ask('学', { thinking: true })));
    expect(events.slice(2, -3)).toEqual([
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

describe('what may be asked next', () => {
  const line = '答[1]。\n\n【追问】「学而时习之」怎么讲？｜孔子是谁？';
  const followUps = (events: TutorEvent[]) =>
    events.flatMap((event) => (event.type === 'follow-ups' ? event.questions : []));

  it('is kept out of the text and told once, before the end', async () => {
    const { chain } = tutor([say(...line)]);
    const events = await all(await chain.stream(ask('学')));
    expect(textOf(events)).toBe('答[1]。');
    expect(followUps(events).slice(0, 2)).toEqual(['「学而时习之」怎么讲？', '孔子是谁？']);
    expect(events.map(({ type }) => type).slice(-3)).toEqual(['usage', 'follow-ups', 'end']);
  });

  it('is nothing after small talk, or an answer without its end', async () => {
    const unfinished = say('答').filter(({ type }) => type !== 'end');
    const { chain } = tutor([say('你好！\n【追问】甲？'), unfinished]);
    const greeted = await all(await chain.stream(ask('你好')));
    expect(followUps(greeted)).toEqual([]);
    expect(textOf(greeted)).toBe('你好！');
    expect(followUps(await all(await chain.stream(ask('学'))))).toEqual([]);
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
    expect(queries).toEqual(['学而不思则罔出自哪里\n它是什么意思\n《论语》']);
    const types = model.requests[0]?.messages.map(({ type }) => type);
    expect(types).toEqual(['system', 'human', 'ai', 'human']);
  });

  it('is searched as the model rewrites it, or by the rules when it does not', async () => {
    const history: Turn[] = [
      { role: 'user', content: '学而不思则罔出自哪里' },
      { role: 'assistant', content: '论语' },
    ];
    const rewritten = async () => '学而不思则罔是什么意思';
    const { chain, queries } = tutor([say('甲'), say('乙')], found(), DEFAULT_LIMITS, rewritten);
    await all(await chain.stream(ask('它是什么意思', { history })));
    await all(await chain.stream(ask('苏轼有哪些词', { history })));
    expect(queries).toEqual(['学而不思则罔是什么意思', '苏轼有哪些词']);
    const ruled = tutor([say('丙')], found(), DEFAULT_LIMITS, async () => undefined);
    await all(await ruled.chain.stream(ask('它是什么意思', { history })));
    expect(ruled.queries).toEqual(['学而不思则罔出自哪里\n它是什么意思']);
  });

  it('is searched by the rules when the library has nothing on what the model made of it', async () => {
    const history: Turn[] = [
      { role: 'user', content: '学而不思则罔出自哪里' },
      { role: 'assistant', content: '论语[1]', citations: [{ passageId: 'weizheng-1' }] },
    ];
    const rewrite = async () => '电脑是什么意思';
    const { chain, queries } = tutor([say('甲')], found(0), DEFAULT_LIMITS, rewrite);
    const [first] = await all(await chain.stream(ask('他还说过什么', { history })));
    expect(queries).toEqual(['电脑是什么意思', '学而不思则罔出自哪里\n他还说过什么']);
    expect(first).toMatchObject({ citations: [{ n: 1, passage: weiZheng }] });
  });

  it('is what bears the title that is asked for, before what only mentions it', async () => {
    const poem = passageOf('guanju-1', '关关雎鸠，在河之洲。', {
      ...{ workId: 'shijing', work: '诗经', chapterId: 'guanju', chapter: '国风·周南·关雎' },
    });
    const mention = passageOf('taibo-1', '师挚之始，《关雎》之乱，洋洋乎盈耳哉！');
    const model = createScriptedModel([say('答'), say('答'), say('答')]);
    const retrieval = { items: [{ passage: mention, score: 0.4 }], support: 1, dense: true };
    const chain = createTutorChain({
      ...{ model, library: libraryOf([mention, poem]), countTokens: estimateTokens },
      ...{ retriever: { retrieve: async () => retrieval }, answerable: async () => true },
    });
    for (const question of ['关雎', '精讲《關雎》', '《关雎》讲了什么？']) {
      const [first] = await all(await chain.stream(ask(question)));
      expect(first).toMatchObject({
        citations: [
          { n: 1, passage: poem },
          { n: 2, passage: mention },
        ],
      });
    }
  });

  it('is told what the first passage is to the question, behind the passages', async () => {
    const { chain, model } = tutor([say('答')]);
    const history: Turn[] = [
      { role: 'user', content: '学而不思则罔' },
      { role: 'assistant', content: '[1]', citations: [{ passageId: 'weizheng-1' }] },
    ];
    await all(await chain.stream(ask('上一句呢', { history })));
    expect(model.requests[0]?.focus).toEqual({ kind: 'first' });
    expect(model.requests[0]?.messages.at(-1)?.text.endsWith(FOCUS_HINTS.first)).toBe(true);
  });

  it('begins with the passages that what was said before leads to', async () => {
    const history: Turn[] = [
      { role: 'user', content: '「不亦君子乎」出自哪里' },
      { role: 'assistant', content: '《论语》[1]', citations: [{ passageId: 'xueer-1' }] },
    ];
    const elsewhere = { items: [{ passage: weiZheng, score: 0.4 }], support: 1, dense: true };
    const { chain } = tutor([say('答')], elsewhere);
    const [first] = await all(await chain.stream(ask('它的前后文呢', { history })));
    expect(first).toMatchObject({
      citations: [
        { n: 1, passage: xueEr, score: 0.4 },
        { n: 2, passage: weiZheng, score: 0.4 },
      ],
    });
  });

  it('is the summary right after the rules, as words of a learner', async () => {
    const { chain, model } = tutor([say('答')]);
    const history: Turn[] = [{ role: 'user', content: '问' }];
    await all(await chain.stream(ask('学', { history, summary: '学生问过孔子。' })));
    const messages = model.requests[0]?.messages ?? [];
    expect(messages.map(({ type }) => type)).toEqual(['system', 'human', 'human', 'human']);
    expect(messages[1]?.text).toBe(`${SUMMARY_HEAD}学生问过孔子。`);
  });

  it('is the direction of a translation, behind everything else', async () => {
    const { chain, model } = tutor([say('答'), say('答'), say('你好')]);
    await all(await chain.stream(ask('「学而时习之」', { mode: 'translate' })));
    await all(await chain.stream(ask('用文言怎么说：我很高兴', { mode: 'translate' })));
    await all(await chain.stream(ask('你好', { mode: 'translate' })));
    const ends = model.requests.map(({ messages }) => messages.at(-1)?.text.split('\n').at(-1));
    expect(ends.slice(0, 2)).toEqual(['（方向：文言译成白话）', '（方向：白话译成文言）']);
    expect(ends[2]).toBe(NO_PASSAGES);
    expect(model.requests[0]?.mode).toBe('translate');
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
    const summary = '摘要。'.repeat(150);
    for (const mode of TUTOR_MODES) {
      const { chain, model } = tutor([say('答')], { items: long, support: 1, dense: true });
      await all(await chain.stream(ask('学'.repeat(500), { mode, history, summary })));
      const messages = model.requests[0]?.messages ?? [];
      const used = messages.reduce(
        (sum, { text }) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS,
        0,
      );
      expect(used).toBeLessThanOrEqual(
        promptTokenBudget(DEFAULT_LIMITS, estimateTokens, '学'.repeat(500), history, summary),
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

  it('gives fewer passages to a question that may not have more', async () => {
    const long = Array.from({ length: 8 }, (_, n) => ({
      passage: passageOf(`p${n}`, '学而时习之'.repeat(40)),
      score: 1,
    }));
    const given = async (passageTokens: number | undefined) => {
      const { chain, model } = tutor([say('答')], { items: long, support: 1, dense: true });
      await all(await chain.stream(ask('学', { passageTokens })));
      const messages = model.requests[0]?.messages ?? [];
      const used = messages.reduce(
        (sum, { text }) => sum + estimateTokens(text) + MESSAGE_OVERHEAD_TOKENS,
        0,
      );
      const limits = { ...DEFAULT_LIMITS, ...(passageTokens && { passageTokens }) };
      expect(used).toBeLessThanOrEqual(promptTokenBudget(limits, estimateTokens, '学', []));
      return model.requests[0]?.passages.length ?? 0;
    };
    const fewest = await given(LEAST_PASSAGE_TOKENS);
    expect(fewest).toBeGreaterThan(1);
    expect(await given(undefined)).toBeGreaterThan(fewest);
  });
});
