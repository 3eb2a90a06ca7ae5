import { jest } from '@jest/globals';
import { openAnswer, type StreamEvent } from '../../clients/miniprogram/answer-stream.js';
import { type Transport, transports } from '../support/answer-transports.ts';
import * as contract from '../support/contract-schemas.ts';
import { openCuttingProxy } from '../support/cutting-proxy.ts';
import { dataOf, type EventStream, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { describeWithOwnRedis, startOwnRedis } from '../support/own-redis.ts';
import { asGuest, asLearner, type Learner } from '../support/service-client.ts';
import { describeInOneMode, describeWithServers } from '../support/service-space.ts';
import { isOver, openSocketAs, type SocketFrame, textOfFrames } from '../support/socket-client.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';
import { wxRequest } from '../support/wx-request.ts';

jest.setTimeout(90_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';

const asFrames = ({ heard }: EventStream, messageId: string): SocketFrame[] =>
  heard.map(({ id, name, data }) => ({
    ...{ type: name, id: id ?? 0, messageId },
    ...Object(data),
  }));

/** Comes back, as a client does, until the answer is over. */
async function listenStubbornly(
  transport: Transport,
  url: string,
  who: Learner,
  messageId: string,
) {
  const heard: SocketFrame[] = [];
  const port = Number(new URL(url).port);
  const token = who.login.accessToken;
  while (!heard.some(isOver)) {
    const after = heard.at(-1)?.id ?? 0;
    const more = await transport.listen({ port, token, messageId, after });
    // A failure of the stream itself has no id.
    heard.push(...more.filter(({ id }) => Number.isInteger(id) && Number(id) > after));
    if (more.length === 0) await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return heard;
}

describeInOneMode('as lines of JSON', (mode) => {
  let tutor: TutorWithModel;
  let learner: Learner;
  let sessionId: string;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
  });
  beforeEach(async () => {
    learner = await asGuest(tutor.service.url);
    sessionId = (await learner.openSession()).id;
  });
  afterAll(() => tutor.dispose());

  const post = (path: string, body: object) =>
    learner.call('POST', path, body, { accept: 'application/x-ndjson' });
  const framesIn = (text: string) =>
    text
      .split('\n')
      .filter((line) => line !== '')
      .map((line): SocketFrame => JSON.parse(line));

  test('an answer comes to whoever asks for them, and comes again', async () => {
    tutor.model.enqueue({ text: TEXT });
    const path = `/api/sessions/${sessionId}/messages`;
    const reply = await post(path, { content: QUESTION });
    expect(reply.status).toBe(200);
    expect(reply.headers.get('content-type')).toBe('application/x-ndjson; charset=utf-8');
    expect(reply.headers.get('cache-control')).toBe('no-cache, no-transform');
    expect(reply.headers.get('x-accel-buffering')).toBe('no');
    const frames = framesIn(reply.text);
    expect(frames.map(({ id }) => id)).toEqual(frames.map((_, index) => index + 1));
    expect(textOfFrames(frames)).toBe(TEXT);
    contract.events.meta.parse(frames[0]);
    const { message } = contract.events.done.parse(frames.at(-1));
    tutor.model.enqueue({ text: '再答一次。' });
    const again = framesIn((await post(`${path}/${message.id}/regenerate`, {})).text);
    expect(textOfFrames(again)).toBe('再答一次。');
    expect(again.at(-1)).toMatchObject({ message: { version: 2, content: '再答一次。' } });
  });

  test('what is refused is refused as everywhere', async () => {
    const reply = await post(`/api/sessions/${sessionId}/messages`, { content: '' });
    expect(reply.failure()).toMatchObject({ status: 400, error: 'invalid_input' });
    const { message } = await learner.askWhole(sessionId, QUESTION);
    const other = await asGuest(tutor.service.url);
    const path = `/api/messages/${message.id}/events`;
    const headers = { accept: 'application/x-ndjson' };
    expect((await other.get(path, headers)).failure().error).toBe('not_found');
    expect((await learner.get(path, { accept: '*/*' })).text).toMatch(/^id: 1\nevent: meta\n/);
  });
});

describeInOneMode('a mini program on a bad line', (mode) => {
  test('asks once and hears everything', async () => {
    const tutor = await startTutorWithModel(mode);
    const port = Number(new URL(tutor.service.url).port);
    const proxy = await openCuttingProxy({ host: '127.0.0.1', port });
    const learner = await asGuest(tutor.service.url);
    const { id: sessionId } = await learner.openSession();
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const heard: StreamEvent[] = [];
    let calls = 0;
    const end = await new Promise((resolve, reject) => {
      openAnswer({
        baseUrl: `http://127.0.0.1:${proxy.port}`,
        token: () => learner.login.accessToken,
        ask: { sessionId, content: QUESTION },
        request(options) {
          calls += 1;
          // The first reply breaks before a word of it has come.
          proxy.cutAfter(calls === 1 ? 20 : 900 * calls);
          return wxRequest(options);
        },
        setTimeout: (work) => setTimeout(work, 20),
        onEvent: (event) => heard.push(event),
        onEnd: resolve,
        onFailure: reject,
      });
    });
    expect(end).toMatchObject({ type: 'done', message: { content: TEXT } });
    expect(heard.map(({ id }) => id)).toEqual(heard.map((_, index) => index + 1));
    expect(textOfFrames(heard as unknown as SocketFrame[])).toBe(TEXT);
    expect(calls).toBeGreaterThan(3);
    expect(tutor.model.requests).toHaveLength(1);
    expect(await learner.messages(sessionId)).toHaveLength(2);
    await proxy.close();
    await tutor.dispose();
  });
});

describeInOneMode('an account that listens without end', (mode) => {
  test('is refused before it pays, by every transport, and may listen again later', async () => {
    const tutor = await startTutorWithModel(mode, { RATE_LIMIT_DISABLED: '0' });
    const { url } = tutor.service;
    const learner = await asGuest(url);
    const sessionId = (await learner.openSession()).id;
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 300 });
    const asking = await learner.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => heard.length > 2);
    const { messageId } = dataOf(asking.heard, 'meta');
    const listeners: EventStream[] = [];
    while (listeners.length < 39) listeners.push(await learner.listen(messageId, 0));
    const refused = await learner.get(`/api/messages/${messageId}/events`);
    expect(refused.failure()).toMatchObject({ status: 429, error: 'rate_limited' });
    const other = (await learner.openSession()).id;
    const path = `/api/sessions/${other}/messages`;
    expect((await learner.post(path, { content: QUESTION })).status).toBe(429);
    expect(await learner.messages(other)).toEqual([]);
    const socket = await openSocketAs(url, learner.login.accessToken);
    socket.say({ type: 'subscribe', messageId });
    await socket.until('it is refused', (heard) => heard.at(-1)?.error === 'rate_limited');
    for (const listener of listeners) listener.leave();
    await eventually('there is room again', async () => {
      const { length } = socket.heard;
      socket.say({ type: 'subscribe', messageId });
      await socket.until('it is answered', (heard) => heard.length > length);
      return socket.heard.at(-1)?.error === undefined;
    });
    await asking.ended;
    socket.leave();
    await tutor.dispose();
  });
});

describeWithServers('asked on one process and heard on another', () => {
  let tutor: TutorWithModel;
  let second: RunningService;
  let here: Learner;
  let there: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services');
    second = await tutor.space.start(tutor.environment);
    here = await asGuest(tutor.service.url);
    there = asLearner(second.url, here.login);
  });
  afterAll(async () => {
    await tutor.dispose();
    expect(errorsIn(second)).toEqual([]);
  });

  test.each(transports.map((transport) => [transport.name, transport] as const))(
    'an answer is the same by %s',
    async (_name, transport) => {
      tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
      const asking = await here.ask((await here.openSession()).id, QUESTION);
      await asking.until('it has begun', (heard) => textOf(heard).length > 4);
      const { messageId } = dataOf(asking.heard, 'meta');
      const [early, late] = await Promise.all([
        listenStubbornly(transport, second.url, here, messageId),
        transport.listen({
          port: Number(new URL(second.url).port),
          token: here.login.accessToken,
          ...{ messageId, after: 4 },
        }),
      ]);
      await asking.ended;
      expect(early).toEqual(asFrames(asking, messageId));
      expect(late).toEqual(early.slice(4));
    },
  );

  test('a question over a WebSocket here is heard by events there, and stopped from there', async () => {
    const socket = await openSocketAs(tutor.service.url, here.login.accessToken);
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 30 });
    const { id: sessionId } = await here.openSession();
    socket.say({ type: 'ask', sessionId, content: QUESTION });
    await socket.until('it has begun', (heard) => textOfFrames(heard).length > 4);
    const messageId = socket.heard.find(({ type }) => type === 'meta')?.messageId ?? '';
    const listening = await there.listen(messageId, 0);
    const stopping = await openSocketAs(second.url, here.login.accessToken);
    stopping.say({ type: 'stop', messageId });
    await listening.ended;
    await socket.until('it is over', (heard) => heard.some(isOver));
    expect(dataOf(listening.heard, 'done').message.status).toBe('stopped');
    expect(socket.of(messageId)).toEqual(asFrames(listening, messageId));
    socket.leave();
    stopping.leave();
  });
});

describeWithServers('while Redis is killed and comes back empty', () => {
  describeWithOwnRedis('in the middle of an answer', () => {
    test('every listener hears the whole answer, event by event', async () => {
      const redis = await startOwnRedis();
      const tutor = await startTutorWithModel('services', { REDIS_URL: redis.url });
      tutor.space.beforeDisposal(() => redis.dispose());
      const { url } = tutor.service;
      const second = await tutor.space.start(tutor.environment);
      const learner = await asGuest(url);
      tutor.model.enqueue({ text: TEXT.repeat(2), deltaDelayMs: 120 });
      const asking = await learner.ask((await learner.openSession()).id, QUESTION);
      await asking.until('it has begun', (heard) => textOf(heard).length > 12);
      const { messageId } = dataOf(asking.heard, 'meta');
      const listening = transports.flatMap((transport) => [
        listenStubbornly(transport, url, learner, messageId),
        listenStubbornly(transport, second.url, learner, messageId),
      ]);
      await redis.kill();
      await redis.start();
      const [first, ...others] = await Promise.all(listening);
      expect(textOfFrames(first ?? [])).toBe(TEXT.repeat(2));
      expect(first?.map(({ id }) => id)).toEqual(first?.map((_, index) => index + 1));
      expect(first?.at(-1)).toMatchObject({ type: 'done', message: { status: 'complete' } });
      for (const other of others) expect(other).toEqual(first);
      const afterwards = await (await learner.listen(messageId, 0)).ended;
      expect(textOf(afterwards)).toBe(TEXT.repeat(2));
      await tutor.dispose();
      expect(errorsIn(second)).toEqual([]);
    });
  });
});
