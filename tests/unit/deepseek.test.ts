import type { AnswerModel } from '../../ai/providers/answer-model.ts';
import { createDeepSeekModel, type DeepSeekOptions } from '../../ai/providers/deepseek.ts';
import { ModelError } from '../../ai/providers/model-error.ts';
import { createOpenAiCompatibleModel } from '../../ai/providers/openai-compatible.ts';
import { createScriptedModel } from '../../ai/providers/scripted.ts';
import { ask, failureOf, listen } from '../support/ask-a-model.ts';
import type { DeepSeekBehaviour } from '../support/deepseek-completion.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';

const usage = {
  prompt_tokens: 100,
  completion_tokens: 40,
  total_tokens: 140,
  prompt_cache_hit_tokens: 64,
  prompt_cache_miss_tokens: 36,
  completion_tokens_details: { reasoning_tokens: 10 },
};

let deepSeek: DeepSeekStandIn;
beforeEach(async () => {
  deepSeek = await startDeepSeekStandIn({ apiKey: 'sk-right' });
});
afterEach(() => deepSeek.close());

function open(options: Partial<DeepSeekOptions> = {}): AnswerModel {
  return createDeepSeekModel({
    apiKey: 'sk-right',
    baseUrl: deepSeek.url,
    model: 'deepseek-flash',
    retry: { tries: 3, baseDelayMs: 5, maxDelayMs: 300 },
    ...options,
  });
}

describe('an answer that goes well', () => {
  test('streams the text and closes with what was used', async () => {
    const { parts, text, error } = await listen(open().answer(ask()));
    expect(error).toBeUndefined();
    expect(text).toContain('「子曰：「学而不思则罔，思而不学则殆。');
    expect(text).toContain('[1]');
    expect(parts.filter(({ type }) => type === 'text').length).toBeGreaterThan(5);
    expect(parts.slice(-2).map(({ type }) => type)).toEqual(['usage', 'end']);
    expect(parts.filter(({ type }) => type === 'usage' || type === 'end')).toHaveLength(2);
    expect(parts.at(-1)).toEqual({ type: 'end', truncated: false });
  });

  test('sends what DeepSeek needs to know, with thinking off', async () => {
    await listen(open().answer(ask({ cohort: 'class-7_b' })));
    expect(deepSeek.requests).toHaveLength(1);
    expect(deepSeek.requests[0]?.body).toMatchObject({
      model: 'deepseek-flash',
      stream: true,
      stream_options: { include_usage: true },
      thinking: { type: 'disabled' },
      max_tokens: 500,
      user_id: 'class-7_b',
      messages: [
        { role: 'system', content: '你是国学老师。' },
        { role: 'user', content: ask().messages[1]?.content },
      ],
    });
  });

  test('names no cohort, organisation or project when there is none', async () => {
    process.env.OPENAI_ORG_ID = 'org-of-another-provider';
    await listen(open().answer(ask()));
    delete process.env.OPENAI_ORG_ID;
    expect(deepSeek.requests[0]?.body).not.toHaveProperty('user_id');
    expect(deepSeek.requests[0]?.headers).not.toHaveProperty('openai-organization');
  });

  test('thinks when asked to, apart from the answer', async () => {
    deepSeek.enqueue({ reasoning: '先想一想。', text: '答案。' });
    const { text, thinking, parts } = await listen(open().answer(ask({ thinking: true })));
    expect(deepSeek.requests[0]?.body.thinking).toEqual({ type: 'enabled' });
    expect(thinking).toBe('先想一想。');
    expect(text).toBe('答案。');
    expect(parts[0]?.type).toBe('thinking');
  });

  test.each<[string, DeepSeekBehaviour, number]>([
    ['on the last choice, as DeepSeek does', { usage }, 64],
    ['on a chunk of its own, as OpenAI does', { usage, usageOn: 'own_chunk' }, 64],
    [
      'with cache hits in the OpenAI spelling',
      {
        usage: {
          prompt_tokens: 100,
          completion_tokens: 40,
          total_tokens: 140,
          prompt_tokens_details: { cached_tokens: 32 },
        },
      },
      32,
    ],
  ])('counts usage once: %s', async (_, behaviour, cachedTokens) => {
    deepSeek.enqueue(behaviour);
    const { parts } = await listen(open().answer(ask()));
    expect(parts.at(-2)).toEqual({
      type: 'usage',
      usage: { model: 'deepseek-flash', promptTokens: 100, cachedTokens, completionTokens: 40 },
    });
  });

  test('an answer cut short by max_tokens is still an answer', async () => {
    const { text, error, parts } = await listen(open().answer(ask({ maxOutputTokens: 6 })));
    expect(Array.from(text)).toHaveLength(10);
    expect(error).toBeUndefined();
    expect(parts.at(-2)).toMatchObject({ type: 'usage', usage: { completionTokens: 6 } });
    expect(parts.at(-1)).toEqual({ type: 'end', truncated: true });
  });

  test('asks another known model on request, and no unknown one', async () => {
    const { parts } = await listen(open().answer(ask({ model: 'deepseek-v4-pro' })));
    expect(parts.at(-2)).toMatchObject({ usage: { model: 'deepseek-v4-pro' } });
    const { error } = await listen(open().answer(ask({ model: 'gpt-9' })));
    expect(failureOf(error)).toBe('request_refused');
    expect(deepSeek.requests).toHaveLength(1);
  });

  test('a goodbye that gets lost does not spoil a whole answer', async () => {
    deepSeek.enqueue({ usage, cutBeforeDone: true, text: '答案。' });
    const { text, error, parts } = await listen(open().answer(ask()));
    expect(error).toBeUndefined();
    expect(text).toBe('答案。');
    expect(parts.at(-2)).toMatchObject({ usage: { promptTokens: 100 } });
  });

  test('one that never says what it used is whole all the same, and says so', async () => {
    deepSeek.enqueue(
      { usageOn: 'nothing', text: '答案。' },
      { usageOn: 'nothing', text: '长'.repeat(50) },
    );
    const { text, error, parts } = await listen(open().answer(ask()));
    expect(error).toBeUndefined();
    expect(text).toBe('答案。');
    expect(parts.some(({ type }) => type === 'usage')).toBe(false);
    expect(parts.at(-1)).toEqual({ type: 'end', truncated: false });
    const long = await listen(open().answer(ask({ maxOutputTokens: 6 })));
    expect(long.parts.at(-1)).toEqual({ type: 'end', truncated: true });
  });

  test('a long answer arrives whole and in order', async () => {
    const text = Array.from({ length: 4000 }, (_, n) => `${n}，`).join('');
    deepSeek.enqueue({ text });
    const heard = await listen(open().answer(ask({ maxOutputTokens: 100_000 })));
    expect(heard.text).toBe(text);
  });

  test('two answers at once do not mix', async () => {
    const model = open();
    deepSeek.enqueue({ text: '甲甲甲', deltaDelayMs: 5 }, { text: '乙乙乙', deltaDelayMs: 5 });
    const [first, second] = await Promise.all([
      listen(model.answer(ask({ cohort: 'a' }))),
      listen(model.answer(ask({ cohort: 'b', thinking: true }))),
    ]);
    expect([first.text, second.text].sort()).toEqual(['乙乙乙', '甲甲甲']);
    const sent = deepSeek.requests.map(({ body }) => [body.user_id, body.thinking?.type]).sort();
    expect(sent).toEqual([
      ['a', 'disabled'],
      ['b', 'enabled'],
    ]);
  });
});

describe('a provider that refuses', () => {
  test.each([
    [400, 'request_refused'],
    [402, 'account_empty'],
    [422, 'request_refused'],
  ] as const)('%i is final: %s', async (status, expected) => {
    deepSeek.enqueue({ status });
    const { error } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe(expected);
    expect(error).toMatchObject({ status, retryable: false });
    expect(deepSeek.requests).toHaveLength(1);
  });

  test('a wrong key is named as such and asked once', async () => {
    const { error } = await listen(open({ apiKey: 'sk-wrong' }).answer(ask()));
    expect(failureOf(error)).toBe('key_refused');
    expect(deepSeek.requests).toHaveLength(1);
    expect(String(error)).not.toContain('sk-wrong');
  });

  test('a prompt that is too long is a refused request', async () => {
    const message = "This model's maximum context length is 131072 tokens.";
    deepSeek.enqueue({ status: 400, message });
    const { error } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('request_refused');
    expect(error).toMatchObject({ status: 400 });
  });

  test.each([429, 500, 503] as const)('%i is tried again, then given up', async (status) => {
    deepSeek.enqueue({ status }, { status }, { status });
    const { error } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('overloaded');
    expect(error).toMatchObject({ status, retryable: true });
    expect(deepSeek.requests).toHaveLength(3);
  });

  test('after a moment of overload the answer comes', async () => {
    const warnings: object[] = [];
    const logger = { warn: (fields: object) => void warnings.push(fields) };
    deepSeek.enqueue({ status: 503 }, { reset: true }, { text: '来了。' });
    const { text, error } = await listen(open({ logger }).answer(ask()));
    expect(error).toBeUndefined();
    expect(text).toBe('来了。');
    expect(deepSeek.requests).toHaveLength(3);
    expect(warnings).toHaveLength(2);
  });

  test('waits as long as Retry-After says, unless that is too long', async () => {
    deepSeek.enqueue({ status: 429, headers: { 'retry-after': '0.2' } }, { text: '好。' });
    const began = Date.now();
    await listen(open().answer(ask()));
    expect(Date.now() - began).toBeGreaterThanOrEqual(195);
    deepSeek.enqueue({ status: 429, headers: { 'retry-after': '60' } });
    const { error } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('overloaded');
    expect(deepSeek.requests).toHaveLength(3);
  });

  test('withheld content is no answer and no reason to repeat', async () => {
    deepSeek.enqueue({ finishReason: 'content_filter', text: '前半' });
    const { error, text, parts } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('content_filtered');
    expect(text).toBe('前半');
    expect(parts.some(({ type }) => type === 'usage')).toBe(false);
    expect(deepSeek.requests).toHaveLength(1);
  });
});

test('another endpoint with the same protocol gets none of the DeepSeek fields', async () => {
  const model = createOpenAiCompatibleModel({
    apiKey: 'sk-right',
    baseUrl: `${deepSeek.url}/v1`,
    model: 'deepseek-flash',
  });
  const { parts } = await listen(model.answer(ask({ cohort: 'a' })));
  expect(parts.at(-1)?.type).toBe('end');
  expect(deepSeek.requests[0]?.path).toBe('/v1/chat/completions');
  expect(deepSeek.requests[0]?.body).not.toHaveProperty('thinking');
  expect(deepSeek.requests[0]?.body).not.toHaveProperty('user_id');
});

describe('the scripted model', () => {
  test('plays what is written, remembers who asked, and refuses to improvise', async () => {
    const model = createScriptedModel([
      [{ type: 'text', text: '甲' }],
      new ModelError('overloaded', ''),
    ]);
    expect((await listen(model.answer(ask()))).text).toBe('甲');
    expect(failureOf((await listen(model.answer(ask()))).error)).toBe('overloaded');
    expect(String((await listen(model.answer(ask()))).error)).toContain('nothing is scripted');
    expect(model.requests).toHaveLength(3);
  });
});
