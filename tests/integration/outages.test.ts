import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, type Client, visit } from '../support/service-client.ts';
import { describeWithServers, openSpace, type ServiceSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]';

async function search(client: Client) {
  const reply = await client.get(`/api/library/search?q=${encodeURIComponent(QUESTION)}`);
  return reply.data(contract.found).items;
}

async function stateOf(url: string) {
  const reply = await visit(url).get('/ready');
  return { status: reply.status, ...contract.readiness.parse(JSON.parse(reply.text).data) };
}

describe('Chroma, killed while the program runs', () => {
  let space: ServiceSpace;
  let service: RunningService;
  beforeAll(async () => {
    space = await openSpace('embedded');
    service = await space.start();
  });
  afterAll(async () => {
    await space.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  const chroma = async (): Promise<{ pid: number }> =>
    JSON.parse(await readFile(path.join(space.dataDir, 'chroma.lock'), 'utf8')).child;

  test('costs no answer, and is there again after a moment', async () => {
    const visitor = visit(service.url);
    const guest = await asGuest(service.url);
    const sessionId = (await guest.openSession()).id;
    const { pid } = await chroma();
    process.kill(pid, 'SIGKILL');
    const [first] = await search(visitor);
    expect(first?.text).toContain('学而不思则罔');
    const { message } = await guest.askWhole(sessionId, QUESTION);
    expect(message).toMatchObject({ status: 'complete' });
    expect(message.content).toContain('学而不思则罔');
    await eventually('another Chroma runs', async () => (await chroma()).pid !== pid, 15_000);
    const up = async () => (await stateOf(service.url)).vectors === 'up';
    await eventually('it answers', up, 10_000);
    expect(await service.platform.vectorSpace.vectors.count()).toBe(11);
    expect((await search(visitor))[0]?.passageId).toBe(first?.passageId);
  });
});

describeWithServers('Redis, cut off', () => {
  let tutor: TutorWithModel;
  let cut: () => Promise<void>;
  let restore: () => Promise<void>;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services', { RATE_LIMIT_DISABLED: '0' }, {}, 'REDIS_URL');
    cut = async () => tutor.proxy?.cut();
    restore = async () => {
      await tutor.proxy?.restore();
      const up = async () => (await stateOf(tutor.service.url)).cache === 'up';
      await eventually('Redis is back', up, 15_000);
    };
  });
  afterAll(() => tutor.dispose());

  test('the library, logins and conversations go on, and nothing is limited', async () => {
    const { url } = tutor.service;
    const guest = await asGuest(url);
    await cut();
    try {
      for (let n = 0; n < 5; n += 1) expect((await search(visit(url))).length).toBeGreaterThan(0);
      const other = await asGuest(url);
      expect((await other.openSession()).archived).toBe(false);
      expect((await guest.balance()).held).toBe(0);
      expect(await stateOf(url)).toMatchObject({ status: 200, cache: 'down', database: 'up' });
    } finally {
      await restore();
    }
    expect((await search(visit(url))).length).toBeGreaterThan(0);
  });

  test('a stream says that it is unavailable; the answer is heard whole afterwards', async () => {
    const guest = await asGuest(tutor.service.url);
    const sessionId = (await guest.openSession()).id;
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 250 });
    const stream = await guest.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard).length > 4);
    await cut();
    try {
      const heard = await stream.ended;
      expect(heard.at(-1)).toMatchObject({ id: null, name: 'error' });
      expect(dataOf(heard, 'error').error).toBe('unavailable');
      const written = async () => (await guest.messages(sessionId)).at(-1)?.status === 'complete';
      await eventually('the answer is written nevertheless', written, 10_000);
    } finally {
      await restore();
    }
    const { messageId } = dataOf(stream.heard, 'meta');
    const last = stream.heard.at(-2)?.id ?? 0;
    const rest = await (await guest.listen(messageId, last)).ended;
    expect(textOf([...stream.heard, ...rest])).toBe(TEXT);
    expect(dataOf(rest, 'done').message.content).toBe(TEXT);
  });

  test('what cannot be done without it says so, and can be done later', async () => {
    const guest = await asGuest(tutor.service.url);
    const sessionId = (await guest.openSession()).id;
    const ask = () =>
      guest.post(
        `/api/sessions/${sessionId}/messages`,
        { content: QUESTION },
        { 'idempotency-key': 'asked during the outage' },
      );
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 100 });
    await cut();
    try {
      expect((await ask()).failure()).toMatchObject({ status: 503, error: 'unavailable' });
      const id = (await guest.messages(sessionId)).at(-1)?.id;
      const stop = await guest.post(`/api/sessions/${sessionId}/messages/${id}/stop`);
      if (stop.status !== 200) {
        expect(stop.failure()).toMatchObject({ status: 503, error: 'unavailable' });
      }
    } finally {
      await restore();
    }
    const { message } = (await ask()).data(contract.answer);
    expect(TEXT.startsWith(message.content)).toBe(true);
    expect(tutor.model.requests.at(-1)?.body.messages).toHaveLength(2);
    expect(await guest.messages(sessionId)).toHaveLength(2);
    expect((await guest.balance()).held).toBe(0);
  });
});

describeWithServers('PostgreSQL, cut off', () => {
  let tutor: TutorWithModel;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services', {}, {}, 'DATABASE_URL');
  });
  afterAll(() => tutor.dispose());

  test('every call says that the service is unavailable, until it is back', async () => {
    const { url } = tutor.service;
    const guest = await asGuest(url);
    await tutor.proxy?.cut();
    try {
      for (const call of [
        () => guest.get('/api/user/profile'),
        () => visit(url).post('/api/auth/guest'),
        () => visit(url).get('/api/library/works'),
      ]) {
        const reply = await call();
        expect(reply.failure()).toMatchObject({ status: 503, error: 'unavailable' });
        expect(Number(reply.headers.get('retry-after'))).toBeGreaterThan(0);
      }
      expect(await stateOf(url)).toMatchObject({ status: 503, database: 'down' });
      expect((await search(visit(url))).length).toBeGreaterThan(0);
      expect((await visit(url).get('/health')).status).toBe(200);
    } finally {
      await tutor.proxy?.restore();
    }
    const profile = await guest.get('/api/user/profile');
    expect(profile.data(contract.user)).toEqual(guest.login.user);
    expect((await guest.openSession()).archived).toBe(false);
  });
});
