import { readFileSync } from 'node:fs';
import { parseSync } from '@swc/core';
import {
  type AnswerOptions,
  newKey,
  openAnswer,
  type StreamEvent,
  type StreamFailure,
  type WxRequest,
} from '../../clients/miniprogram/answer-stream.js';
import { aWhile } from '../support/eventually.ts';

const SOURCE = new URL('../../clients/miniprogram/answer-stream.js', import.meta.url);
const MESSAGE = 'answer';
const EVENTS = [
  { type: 'meta', id: 1, messageId: MESSAGE, userMessageId: 'question' },
  { type: 'citations', id: 2, messageId: MESSAGE, citations: [] },
  ...['学而', '时\n习', 'é之', '𠀀😀', '「不亦说乎」'].map((text, n) => ({
    ...{ type: 'delta', id: n + 3, messageId: MESSAGE },
    text,
  })),
  { type: 'done', id: 8, messageId: MESSAGE, balance: 7 },
];
const linesAfter = (after: number) =>
  Buffer.from(
    EVENTS.filter(({ id }) => id > after)
      .map((event) => `${JSON.stringify(event)}\n`)
      .join('\n'),
  );
const WHOLE = linesAfter(0);

type Call = Parameters<WxRequest>[0];
type Reply = { status?: number; pieces?: Uint8Array[]; header?: Record<string, string> } | 'broken';

/** A phone whose calls are answered one after the other as the test says. */
function phone(reply: (call: Call, n: number) => Reply) {
  const calls: Call[] = [];
  const request: WxRequest = (call) => {
    calls.push(call);
    const said = reply(call, calls.length);
    let onChunk: ((chunk: { data: ArrayBuffer }) => void) | undefined;
    setImmediate(() => {
      if (said === 'broken') return call.fail();
      for (const piece of said.pieces ?? []) onChunk?.({ data: new Uint8Array(piece).buffer });
      if (said.status === -1) return call.fail();
      call.success({ statusCode: said.status ?? 200, header: said.header ?? {} });
    });
    return {
      onChunkReceived(listener) {
        onChunk = listener;
      },
    };
  };
  return { calls, request };
}

interface Outcome {
  events: StreamEvent[];
  end?: StreamEvent;
  failure?: StreamFailure;
  waits: number[];
}

function listen(request: WxRequest, more: Partial<AnswerOptions> = {}): Promise<Outcome> {
  const outcome: Outcome = { events: [], waits: [] };
  return new Promise((resolve) => {
    openAnswer({
      baseUrl: 'https://tutor.example',
      token: () => 'token',
      ask: { sessionId: 'session', content: '问' },
      request,
      setTimeout: (work) => setImmediate(work),
      onEvent: (event) => outcome.events.push(event),
      onEnd: (end) => resolve({ ...outcome, end }),
      onFailure: (failure) => resolve({ ...outcome, failure }),
      onWaiting: (milliseconds) => outcome.waits.push(milliseconds),
      ...more,
    });
  });
}

const cutAt = (bytes: Uint8Array, ...places: number[]) =>
  [0, ...places].map((from, n) => bytes.subarray(from, places[n]));

describe('the answer stream of a mini program', () => {
  test('is the same wherever a chunk ends', async () => {
    for (let cut = 0; cut <= WHOLE.length; cut += 1) {
      const { request } = phone(() => ({ pieces: cutAt(WHOLE, cut) }));
      expect((await listen(request)).events).toEqual(EVENTS);
    }
    const single = Array.from(WHOLE, (byte) => Uint8Array.of(byte));
    expect((await listen(phone(() => ({ pieces: single })).request)).events).toEqual(EVENTS);
  });

  test('is the same wherever the connection breaks, and asks once', async () => {
    for (let cut = 0; cut <= WHOLE.length; cut += 1) {
      const { request, calls } = phone((call, n) => {
        if (n === 1) return { pieces: [WHOLE.subarray(0, cut)], status: cut % 2 ? -1 : 200 };
        const after = /after=(\d+)$/.exec(call.url)?.[1];
        return { pieces: [linesAfter(Number(after ?? 0))] };
      });
      const { events, end } = await listen(request);
      expect(events).toEqual(EVENTS);
      expect(end).toEqual(EVENTS.at(-1));
      const asked = calls.filter(({ method }) => method === 'POST');
      expect(new Set(asked.map(({ header }) => header['Idempotency-Key'])).size).toBe(1);
      // Asked again only as long as no word of the answer says that the question arrived.
      if (cut > WHOLE.indexOf('\n')) expect(asked).toHaveLength(1);
    }
  });

  test('comes whole where the library knows no chunks', async () => {
    const request: WxRequest = (call) => {
      setImmediate(() => call.success({ statusCode: 200, data: WHOLE.toString() }));
      return {};
    };
    expect((await listen(request)).events).toEqual(EVENTS);
  });

  test('passes over events it has had, and failures of the stream that are none of the answer', async () => {
    const failure = '{"type":"error","messageId":"answer","error":"unavailable","message":"…"}\n';
    const { request, calls } = phone((_call, n) =>
      n === 1
        ? { pieces: [WHOLE.subarray(0, 400), Buffer.from(`\n${failure}`)] }
        : { pieces: [WHOLE] },
    );
    expect((await listen(request)).events).toEqual(EVENTS);
    expect(calls).toHaveLength(2);
  });

  test('ends with an error of the answer itself', async () => {
    const failed = {
      type: 'error',
      id: 2,
      messageId: MESSAGE,
      error: 'model_failed',
      message: '…',
    };
    const lines = [EVENTS[0], failed].map((event) => `${JSON.stringify(event)}\n`).join('');
    const { request, calls } = phone(() => ({ pieces: [Buffer.from(lines)] }));
    expect((await listen(request)).end).toEqual(failed);
    expect(calls).toHaveLength(1);
  });

  test('is refused at once where coming again would not help', async () => {
    const body = Buffer.from('{"code":402,"error":"insufficient_balance","message":"余额不足"}');
    const { request, calls } = phone(() => ({ status: 402, pieces: cutAt(body, 5) }));
    expect((await listen(request)).failure).toMatchObject({
      ...{ status: 402, error: 'insufficient_balance', message: '余额不足' },
    });
    expect(calls).toHaveLength(1);
  });

  test('waits longer and longer, as long as it is told, and gives up in the end', async () => {
    const { request, calls } = phone((_call, n) =>
      n === 3 ? { status: 429, header: { 'retry-after': '20' } } : 'broken',
    );
    const { failure, waits } = await listen(request, { attempts: 5 });
    expect(waits).toEqual([500, 1_000, 20_000, 4_000]);
    expect(failure).toMatchObject({ status: 0, error: 'unavailable' });
    expect(calls).toHaveLength(5);
  });

  test('never gives up while events come', async () => {
    const { request } = phone((call, n) => {
      const after = Number(/after=(\d+)$/.exec(call.url)?.[1] ?? 0);
      const first = linesAfter(after).indexOf('\n') + 1;
      return n % 2 ? 'broken' : { pieces: [linesAfter(after).subarray(0, first)], status: -1 };
    });
    expect((await listen(request, { attempts: 3 })).events).toEqual(EVENTS);
  });

  test('renews a token that is over, once', async () => {
    let token = 'old';
    const over = Buffer.from('{"code":401,"error":"token_expired","message":"…"}');
    const { request, calls } = phone((call) =>
      call.header.Authorization === 'Bearer new'
        ? { pieces: [WHOLE] }
        : { status: 401, pieces: [over] },
    );
    const renewToken = (done: () => void) => {
      token = 'new';
      done();
    };
    const renewed = await listen(request, { token: () => token, renewToken });
    expect(renewed.events).toEqual(EVENTS);
    expect(calls).toHaveLength(2);
    const refused = await listen(request, { token: () => 'old', renewToken });
    expect(refused.failure?.error).toBe('token_expired');
  });

  test('listens again, answers again, and leaves', async () => {
    const { request, calls } = phone((call) => ({
      pieces: [linesAfter(Number(/after=(\d+)$/.exec(call.url)?.[1] ?? 0))],
    }));
    const wish = { listen: { messageId: MESSAGE, after: 5 } };
    const { events } = await listen(request, { ask: undefined, ...wish });
    expect(events).toEqual(EVENTS.slice(5));
    const again = { sessionId: 's', messageId: 'm', key: 'k', model: 'deepseek-flash' };
    await listen(request, { ask: undefined, regenerate: again });
    expect(calls[1]).toMatchObject({
      url: 'https://tutor.example/api/sessions/s/messages/m/regenerate',
      data: { model: 'deepseek-flash' },
    });
    expect(calls[1]?.header['Idempotency-Key']).toBe('k');
    const heard: StreamEvent[] = [];
    openAnswer({
      ...{ baseUrl: '', token: () => '', request, onEvent: (event) => heard.push(event) },
      listen: { messageId: MESSAGE },
    }).leave();
    await aWhile(20);
    expect(heard).toEqual([]);
    expect(new Set(Array.from({ length: 100 }, newKey)).size).toBe(100);
  });

  test('is written in a language that every phone understands', () => {
    const found = new Set<string>();
    const visit = (node: unknown): void => {
      if (typeof node !== 'object' || node === null) return;
      const { type, kind }: { type?: unknown; kind?: unknown } = node;
      found.add(type === 'VariableDeclaration' ? `${type} ${kind}` : String(type));
      for (const child of Object.values(node)) visit(child);
    };
    visit(parseSync(readFileSync(SOURCE, 'utf8'), { syntax: 'ecmascript' }));
    const modern =
      /Arrow|Template|Class|Spread|Rest|Await|Yield|Optional|ForOf|Pattern|Import|let|const/;
    expect([...found].filter((type) => modern.test(type))).toEqual([]);
    const source = readFileSync(SOURCE, 'utf8').replace(/\/\*[\s\S]*?\*\/|\/\/.*/g, '');
    expect(source).not.toMatch(/TextDecoder|Promise|Symbol|Map\(|Set\(|require\(|,\s*\)/);
  });
});
