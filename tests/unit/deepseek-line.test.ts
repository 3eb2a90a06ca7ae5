import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AnswerModel, AnswerPart } from '../../ai/providers/answer-model.ts';
import { createDeepSeekModel, type DeepSeekOptions } from '../../ai/providers/deepseek.ts';
import { ask, failureOf, listen } from '../support/ask-a-model.ts';
import type { DeepSeekBehaviour } from '../support/deepseek-completion.ts';
import { type DeepSeekStandIn, startDeepSeekStandIn } from '../support/deepseek-stand-in.ts';

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
    retry: { tries: 3, baseDelayMs: 5, maxDelayMs: 3000 },
    ...options,
  });
}

describe('a line that breaks', () => {
  test('nobody listening: unreachable, after the permitted tries', async () => {
    const free = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => free.once('listening', resolve));
    const { port } = free.address() as { port: number };
    await new Promise((resolve) => free.close(resolve));
    const warnings: object[] = [];
    const logger = { warn: (fields: object) => void warnings.push(fields) };
    const model = open({ baseUrl: `http://127.0.0.1:${port}`, logger });
    const { error } = await listen(model.answer(ask()));
    expect(failureOf(error)).toBe('unreachable');
    expect(warnings).toHaveLength(2);
  });

  test('reset before anything was said: tried again', async () => {
    deepSeek.enqueue({ reset: true }, { reset: true }, { reset: true });
    const { error } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('unreachable');
    expect(deepSeek.requests).toHaveLength(3);
  });

  test('cut after the headers but before the first word: tried again', async () => {
    deepSeek.enqueue({ cutAfter: 0 }, { cutAfter: 1 }, { text: '第三次。' });
    const { text, error } = await listen(open().answer(ask()));
    expect(error).toBeUndefined();
    expect(text).toBe('第三次。');
    expect(deepSeek.requests).toHaveLength(3);
  });

  test('cut in the middle: the text stays, no usage, no second request', async () => {
    deepSeek.enqueue({ text: '一二三四五六', deltaLength: 1, cutAfter: 4 });
    const { error, text, parts } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('cut_off');
    expect(error).toMatchObject({ retryable: false });
    expect(text).toBe('一二三');
    expect(parts.some(({ type }) => type === 'usage')).toBe(false);
    expect(deepSeek.requests).toHaveLength(1);
  });

  test('thoughts count as the first byte', async () => {
    deepSeek.enqueue({ reasoning: '想想想想', cutAfter: 2 });
    const { error } = await listen(open().answer(ask({ thinking: true })));
    expect(failureOf(error)).toBe('cut_off');
    expect(deepSeek.requests).toHaveLength(1);
  });

  test.each<[string, DeepSeekBehaviour]>([
    ['ends without a finish_reason', { finishReason: null }],
    ['sends something that is not JSON', { garbageAfter: 3 }],
  ])('a stream that %s is cut off', async (_, behaviour) => {
    deepSeek.enqueue(behaviour);
    const { error, parts } = await listen(open().answer(ask()));
    expect(failureOf(error)).toBe('cut_off');
    expect(parts.some(({ type }) => type === 'usage')).toBe(false);
    expect(deepSeek.requests).toHaveLength(1);
  });
});

describe('waiting', () => {
  test.each<[string, DeepSeekBehaviour]>([
    ['before the headers', { headerDelayMs: 2000 }],
    ['with nothing but keep-alives', { firstDeltaDelayMs: 2000 }],
  ])('gives up on a first byte that does not come, %s', async (_, behaviour) => {
    deepSeek.enqueue(behaviour);
    const began = Date.now();
    const { error } = await listen(open({ firstByteTimeoutMs: 100 }).answer(ask()));
    expect(failureOf(error)).toBe('timed_out');
    expect(Date.now() - began).toBeLessThan(1000);
    expect(deepSeek.requests).toHaveLength(1);
  });

  test('sits through keep-alives while they are within the limit', async () => {
    deepSeek.enqueue({ firstDeltaDelayMs: 150, text: '久等了。' });
    const { text } = await listen(open({ firstByteTimeoutMs: 2000 }).answer(ask()));
    expect(text).toBe('久等了。');
  });

  test('gives up on an answer that falls silent', async () => {
    deepSeek.enqueue({ deltaDelayMs: 600, text: '一二三四' });
    const { error } = await listen(open({ silenceTimeoutMs: 80 }).answer(ask()));
    expect(failureOf(error)).toBe('timed_out');
  });

  test('a caller who digests slowly is no silence', async () => {
    deepSeek.enqueue({ text: '一二三四五六' });
    const model = open({ silenceTimeoutMs: 40, firstByteTimeoutMs: 1000 });
    let text = '';
    for await (const part of model.answer(ask())) {
      if (part.type !== 'text') continue;
      text += part.text;
      await sleep(70);
    }
    expect(text).toBe('一二三四五六');
  });
});

describe('stopping', () => {
  const reason = new Error('the learner pressed stop');

  async function stopAfterFirstText(answer: AsyncIterable<AnswerPart>, stop: () => void) {
    let error: unknown;
    try {
      for await (const part of answer) if (part.type === 'text') stop();
    } catch (thrown) {
      error = thrown;
    }
    return error;
  }

  test('mid-stream: rejects with the reason and hangs up at once', async () => {
    deepSeek.enqueue({ deltaDelayMs: 800, text: '很长很长的回答。' });
    const controller = new AbortController();
    let stopped = 0;
    const error = await stopAfterFirstText(
      open().answer(ask({ signal: controller.signal })),
      () => {
        stopped ||= Date.now();
        controller.abort(reason);
      },
    );
    expect(error).toBe(reason);
    const closed = await deepSeek.requests[0]?.closed;
    expect(closed?.complete).toBe(false);
    expect((closed?.at ?? 0) - stopped).toBeLessThan(600);
  });

  test('a caller that breaks off hangs up at once too', async () => {
    deepSeek.enqueue({ deltaDelayMs: 800, text: '很长很长的回答。' });
    for await (const part of open().answer(ask())) if (part.type === 'text') break;
    const stopped = Date.now();
    const closed = await deepSeek.requests[0]?.closed;
    expect(closed?.complete).toBe(false);
    expect((closed?.at ?? 0) - stopped).toBeLessThan(600);
  });

  test.each<[string, DeepSeekBehaviour]>([
    ['before the headers', { headerDelayMs: 1000 }],
    ['before the first word', { firstDeltaDelayMs: 1000 }],
    ['while waiting to try again', { status: 503, headers: { 'retry-after': '2' } }],
  ])('%s', async (_, behaviour) => {
    deepSeek.enqueue(behaviour);
    const controller = new AbortController();
    setTimeout(() => controller.abort(reason), 60);
    const began = Date.now();
    const { error } = await listen(open().answer(ask({ signal: controller.signal })));
    expect(error).toBe(reason);
    expect(Date.now() - began).toBeLessThan(800);
    expect(deepSeek.requests).toHaveLength(1);
  });

  test('stopped beforehand, nothing is sent', async () => {
    const { error } = await listen(open().answer(ask({ signal: AbortSignal.abort(reason) })));
    expect(error).toBe(reason);
    expect(deepSeek.requests).toHaveLength(0);
  });
});
