import { randomUUID } from 'node:crypto';
import { request as httpRequest } from 'node:http';
import { jest } from '@jest/globals';
import jsonwebtoken from 'jsonwebtoken';
import * as contract from '../support/contract-schemas.ts';
import { aWhile } from '../support/eventually.ts';
import { asGuest, type Learner, register } from '../support/service-client.ts';
import { describeInOneMode } from '../support/service-space.ts';
import {
  isOver,
  openSocket,
  openSocketAs,
  type SocketClient,
  type SocketFrame,
  shakeHands,
  socketUrl,
  textOfFrames,
} from '../support/socket-client.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';
const SLOW = { text: TEXT, deltaDelayMs: 20 };
const SECRET = 'a secret that only the tests know, long enough';

describeInOneMode('over a WebSocket', (mode) => {
  let tutor: TutorWithModel;
  let url: string;
  let learner: Learner;
  let sessionId: string;
  let socket: SocketClient;
  beforeAll(async () => {
    tutor = await startTutorWithModel(mode, { CORS_ORIGINS: 'https://friend.example' });
    url = tutor.service.url;
  });
  beforeEach(async () => {
    learner = await asGuest(url);
    sessionId = (await learner.openSession()).id;
    socket = await openSocketAs(url, learner.login.accessToken);
    tutor.model.requests.length = 0;
  });
  afterEach(() => socket.leave());
  afterAll(() => tutor.dispose());

  const ended = (of: SocketClient = socket) =>
    of.until('an answer has ended', (heard) => heard.some(isOver));
  const begun = (of: SocketClient = socket) =>
    of.until('an answer has begun', (heard) => textOfFrames(heard).length > 4);
  const metaOf = (heard: SocketFrame[]) => heard.find(({ type }) => type === 'meta');
  const failureOf = async (of: SocketClient, error: string) => {
    await of.until(`${error} is said`, (heard) => heard.some((frame) => frame.error === error));
    return of.heard.find((frame) => frame.error === error);
  };
  const staysOpen = async (of: SocketClient = socket) => {
    const before = of.heard.filter(({ type }) => type === 'pong').length;
    of.say({ type: 'ping' });
    await of.until('it answers', (heard) => {
      return heard.filter(({ type }) => type === 'pong').length > before;
    });
  };

  test('a question is answered with the very events that HTTP tells', async () => {
    tutor.model.enqueue({ text: TEXT });
    socket.say({ type: 'ask', sessionId, content: QUESTION, clientId: 'first' });
    await ended();
    const [ready, ...frames] = socket.heard;
    expect(ready).toMatchObject({ type: 'ready' });
    const messageId = metaOf(frames)?.messageId ?? '';
    expect(metaOf(frames)).toMatchObject({ id: 1, clientId: 'first' });
    const told = await (await learner.listen(messageId, 0)).ended;
    const expected = told.map(({ id, name, data }) => ({
      type: name,
      id,
      messageId,
      ...Object(data),
    }));
    expect(frames.map(({ clientId: _clientId, ...frame }) => frame)).toEqual(expected);
    expect(textOfFrames(frames)).toBe(TEXT);
    contract.events.done.parse(frames.at(-1));
  });

  test('one clientId is one question, on any socket and by HTTP', async () => {
    const clientId = randomUUID();
    const other = await openSocketAs(url, learner.login.accessToken);
    tutor.model.enqueue(SLOW);
    const ask = { type: 'ask', sessionId, content: QUESTION, clientId };
    for (const each of [socket, socket, other]) each.say(ask);
    await Promise.all([ended(), ended(other)]);
    const byHttp = await learner.askWhole(sessionId, QUESTION, { key: clientId });
    for (const each of [socket, other]) {
      expect(new Set(each.heard.map(({ messageId }) => messageId).filter(Boolean))).toEqual(
        new Set([byHttp.message.id]),
      );
    }
    expect(textOfFrames(other.heard)).toBe(TEXT);
    expect(tutor.model.requests).toHaveLength(1);
    expect(await learner.messages(sessionId)).toHaveLength(2);
    socket.say({ ...ask, content: '另一个问题' });
    expect(await failureOf(socket, 'idempotency_conflict')).toMatchObject({ clientId });
    other.leave();
  });

  test('an answer is heard from any event on; the later wish replaces the earlier', async () => {
    tutor.model.enqueue(SLOW);
    const asking = await learner.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => heard.length > 5);
    const messageId = metaOf([{ type: 'meta', ...Object(asking.heard[0]?.data) }])?.messageId;
    socket.say({ type: 'subscribe', messageId });
    socket.say({ type: 'subscribe', messageId, after: 3 });
    await ended();
    const all = await asking.ended;
    const heard = socket.of(messageId);
    const again = heard.findLastIndex(({ id }) => id === 4);
    expect(heard.slice(again).map(({ id }) => id)).toEqual(all.slice(3).map(({ id }) => id));
    socket.say({ type: 'subscribe', messageId, after: all.length - 1 });
    await socket.until('the end comes again', (frames) => frames.filter(isOver).length === 2);
  });

  test('who unsubscribes hears nothing more; the answer goes on', async () => {
    tutor.model.enqueue(SLOW);
    socket.say({ type: 'ask', sessionId, content: QUESTION });
    await begun();
    const messageId = metaOf(socket.heard)?.messageId;
    socket.say({ type: 'unsubscribe', messageId });
    await staysOpen();
    const { length } = socket.heard;
    await aWhile(200);
    expect(socket.heard).toHaveLength(length);
    socket.say({ type: 'subscribe', messageId, after: socket.of(messageId).length });
    await ended();
    expect(textOfFrames(socket.of(messageId))).toBe(TEXT);
  });

  test('an answer is stopped, and written again', async () => {
    tutor.model.enqueue(SLOW);
    socket.say({ type: 'ask', sessionId, content: QUESTION });
    await begun();
    const messageId = metaOf(socket.heard)?.messageId;
    socket.say({ type: 'stop', messageId });
    await ended();
    expect(socket.heard.findLast(isOver)).toMatchObject({ message: { status: 'stopped' } });
    tutor.model.enqueue({ text: '再答一次。' });
    socket.say({ type: 'regenerate', sessionId, messageId, clientId: 'again' });
    await socket.until('both have ended', (heard) => heard.filter(isOver).length === 2);
    const second = socket.heard.findLast(({ type }) => type === 'meta');
    expect(second).toMatchObject({ clientId: 'again' });
    expect(second?.messageId).not.toBe(messageId);
    expect(socket.of(second?.messageId).at(-1)).toMatchObject({
      message: { content: '再答一次。', version: 2 },
    });
  });

  test('whoever says nothing sound is told so, and may go on; but not for ever', async () => {
    const unsound: (string | Uint8Array)[] = [
      'not JSON',
      '',
      'null',
      '[]',
      '{"type":"sing"}',
      '{"type":"ask","sessionId":"x","content":""}',
      JSON.stringify({ type: 'subscribe', messageId: randomUUID(), after: -1 }),
      JSON.stringify({ type: 'ask', sessionId, content: 'a\u0000b', clientId: '中' }),
      new Uint8Array([1, 2, 3]),
    ];
    for (const each of unsound) socket.sayRaw(each);
    await staysOpen();
    const said = socket.heard.filter(({ type }) => type === 'error');
    expect(said.map(({ error }) => error)).toEqual(unsound.map(() => 'invalid_input'));
    for (const frame of said) {
      expect(frame.id).toBeUndefined();
      expect(String(frame.message)).toMatch(/\p{Script=Han}/u);
    }
    for (let n = 0; n < 20; n += 1) socket.sayRaw('{');
    expect((await socket.closed).code).toBe(1008);
    const shouting = await openSocketAs(url, learner.login.accessToken);
    shouting.sayRaw(JSON.stringify({ type: 'ask', sessionId, content: '学'.repeat(40_000) }));
    expect((await shouting.closed).code).toBe(1009);
  });

  test('nobody does anything without a token, or with a bad one', async () => {
    const stranger = await openSocket(url);
    stranger.say({ type: 'ask', sessionId, content: QUESTION, clientId: 'x' });
    stranger.say({ type: 'subscribe', messageId: randomUUID() });
    await stranger.until('both are refused', (heard) => heard.length === 2);
    expect(stranger.heard.map(({ error }) => error)).toEqual(Array(2).fill('unauthenticated'));
    expect(stranger.heard.some(({ clientId }) => clientId === 'x')).toBe(true);
    stranger.say({ type: 'auth', token: 'made.up.token' });
    expect((await stranger.closed).code).toBe(4401);
    expect(stranger.heard.at(-1)).toMatchObject({ type: 'error', error: 'unauthenticated' });
    expect(tutor.model.requests).toHaveLength(0);
  });

  test('whoever never says who he is has to go', async () => {
    const silent = await openSocket(url);
    silent.say({ type: 'ping' });
    expect((await silent.closed).code).toBe(4408);
  });

  test('it ends with its login, and with its token unless that is renewed', async () => {
    const { header, payload } = jsonwebtoken.decode(learner.login.accessToken, {
      complete: true,
    }) as jsonwebtoken.Jwt;
    const shortLived = (seconds: number) => {
      const claims = Object(payload);
      const exp = Math.floor(Date.now() / 1000) + seconds;
      return jsonwebtoken.sign({ ...claims, exp }, SECRET, { header });
    };
    const leaving = await openSocketAs(url, shortLived(2));
    const staying = await openSocketAs(url, shortLived(2));
    staying.say({ type: 'auth', token: learner.login.accessToken });
    expect((await leaving.closed).code).toBe(4401);
    expect(leaving.heard.at(-1)).toMatchObject({ type: 'error', error: 'token_expired' });
    await staysOpen(staying);
    const late = await openSocket(url);
    late.say({ type: 'auth', token: shortLived(-2) });
    expect((await late.closed).code).toBe(4401);
    expect(late.heard.at(-1)).toMatchObject({ error: 'token_expired' });
    staying.say({ type: 'auth', token: (await asGuest(url)).login.accessToken });
    expect((await staying.closed).code).toBe(4401);
    await learner.post('/api/auth/logout', { refreshToken: learner.login.refreshToken });
    socket.say({ type: 'ask', sessionId, content: QUESTION });
    expect((await socket.closed).code).toBe(4401);
    expect(tutor.model.requests).toHaveLength(0);
  });

  test('what belongs to others is not there', async () => {
    const { message } = await learner.askWhole(sessionId, QUESTION);
    const other = await asGuest(url);
    const theirs = await openSocketAs(url, other.login.accessToken);
    for (const messageId of [message.id, randomUUID()]) {
      theirs.say({ type: 'subscribe', messageId });
      theirs.say({ type: 'stop', messageId });
    }
    theirs.say({ type: 'regenerate', sessionId, messageId: message.id });
    theirs.say({ type: 'ask', sessionId, content: '这是谁的对话？' });
    await theirs.until('all are refused', (heard) => heard.length === 7);
    for (const frame of theirs.heard.slice(1)) {
      expect(frame).toMatchObject({ type: 'error', error: 'not_found' });
      expect(frame.id).toBeUndefined();
    }
    expect(theirs.heard.filter(({ messageId }) => messageId === message.id)).toHaveLength(3);
    await staysOpen(theirs);
    theirs.leave();
  });

  test('one socket listens to twenty answers, not to more', async () => {
    const keen = await register(url);
    const many = await openSocketAs(url, keen.login.accessToken);
    tutor.model.enqueue(...Array.from({ length: 21 }, () => ({ text: TEXT, deltaDelayMs: 200 })));
    const sessions: string[] = [];
    while (sessions.length < 21) sessions.push((await keen.openSession()).id);
    for (const id of sessions) many.say({ type: 'ask', sessionId: id, content: QUESTION });
    expect(await failureOf(many, 'rate_limited')).toMatchObject({ retryAfter: 5 });
    await many.until('the others end', (heard) => heard.filter(isOver).length === 20);
    expect(tutor.model.requests).toHaveLength(20);
    for (const end of many.heard.filter(isOver)) {
      expect(textOfFrames(many.of(end.messageId))).toBe(TEXT);
    }
    many.leave();
  });

  test('only pages that may come are let in, and only here', async () => {
    const at = socketUrl(url);
    const statusFrom = async (origin: string) => (await shakeHands(at, { origin })).status;
    expect((await shakeHands(at)).status).toBe(101);
    expect(await statusFrom(url)).toBe(101);
    expect(await statusFrom('https://friend.example')).toBe(101);
    expect(await statusFrom('https://servicewechat.com')).toBe(101);
    expect(await statusFrom('weapp://wechat-game-runtime')).toBe(101);
    for (const origin of ['https://evil.example', 'null', 'http://127.0.0.1:1']) {
      const { status, body } = await shakeHands(at, { origin });
      expect({ status, error: JSON.parse(body).error }).toEqual({
        status: 403,
        error: 'forbidden',
      });
    }
    expect((await shakeHands(`${at}/more`)).status).toBe(404);
    expect((await shakeHands(at.replace('/ws', '/api/sessions'))).status).toBe(404);
    expect((await fetch(`${url}/ws`, { headers: { accept: 'application/json' } })).status).toBe(
      404,
    );
  });

  test('a request that merely mentions another protocol gets its ordinary reply', async () => {
    const status = await new Promise((resolve, reject) => {
      const body = JSON.stringify({ title: '升级' });
      const call = httpRequest(`${url}/api/sessions`, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${learner.login.accessToken}`,
          'content-type': 'application/json',
          'content-length': Buffer.byteLength(body),
          ...{
            connection: 'Upgrade, HTTP2-Settings',
            upgrade: 'h2c',
            'http2-settings': 'AAMAAABk',
          },
        },
      });
      call.on('response', (response) => resolve(response.resume().statusCode)).on('error', reject);
      call.end(body);
    });
    expect(status).toBe(201);
  });
});

describeInOneMode('WebSockets within limits', (mode) => {
  test('questions count together with those by HTTP', async () => {
    const tutor = await startTutorWithModel(mode, {
      ...{ RATE_LIMIT_DISABLED: '0', RATE_LIMIT_QUESTIONS_PER_MINUTE: '3' },
    });
    const { url } = tutor.service;
    const learner = await asGuest(url);
    const { id: sessionId } = await learner.openSession();
    const socket = await openSocketAs(url, learner.login.accessToken);
    await learner.askWhole(sessionId, QUESTION);
    for (const clientId of ['second', 'third', 'fourth']) {
      const before = socket.heard.length;
      socket.say({ type: 'ask', sessionId, content: QUESTION, clientId });
      await socket.until(`${clientId} is over`, (heard) =>
        heard.slice(before).some((frame) => isOver(frame) || frame.type === 'error'),
      );
    }
    expect(socket.heard.filter(isOver)).toHaveLength(2);
    expect(socket.heard.at(-1)).toMatchObject({ error: 'rate_limited', clientId: 'fourth' });
    const path = `/api/sessions/${sessionId}/messages`;
    expect((await learner.post(path, { content: '还有呢' })).status).toBe(429);
    await tutor.dispose();
  });

  test('addresses that try tokens without end are refused', async () => {
    const tutor = await startTutorWithModel(mode, {
      ...{ RATE_LIMIT_DISABLED: '0', RATE_LIMIT_OTHERS_PER_MINUTE: '6' },
    });
    const at = socketUrl(tutor.service.url);
    const socket = await openSocket(tutor.service.url);
    socket.say({ type: 'auth', token: 'made.up.token' });
    await socket.closed;
    const statuses: number[] = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await shakeHands(at)).status);
    expect(statuses).toEqual([101, 101, 101, 101, 429, 429]);
    await tutor.dispose();
  });
});

describeInOneMode('WebSockets of a process that ends', (mode) => {
  test('hear the end of what is being written, and are told to come again', async () => {
    const tutor = await startTutorWithModel(mode);
    const { url } = tutor.service;
    const learner = await asGuest(url);
    const { id: sessionId } = await learner.openSession();
    const [socket, idle] = [
      await openSocketAs(url, learner.login.accessToken),
      await openSocketAs(url, learner.login.accessToken),
    ];
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 40 });
    socket.say({ type: 'ask', sessionId, content: QUESTION });
    await socket.until('it has begun', (heard) => textOfFrames(heard) !== '');
    const stopping = tutor.service.stop();
    expect((await idle.closed).code).toBe(1012);
    expect(textOfFrames(socket.heard)).not.toBe(TEXT);
    await aWhile(20);
    await expect(shakeHands(socketUrl(url))).rejects.toThrow();
    expect((await socket.closed).code).toBe(1012);
    expect(textOfFrames(socket.heard)).toBe(TEXT);
    expect(socket.heard.at(-1)).toMatchObject({ type: 'done' });
    await stopping;
    await tutor.dispose();
  });
});
