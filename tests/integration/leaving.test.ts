import { once } from 'node:events';
import http from 'node:http';
import { jest } from '@jest/globals';
import { dataOf, orderOf, textOf } from '../support/event-stream.ts';
import { aWhile, eventually } from '../support/eventually.ts';
import { asGuest, asLearner, type Learner } from '../support/service-client.ts';
import { describeWithServers, openSpace } from '../support/service-space.ts';
import { openSocketAs, textOfFrames } from '../support/socket-client.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(120_000);

/** A little before the delay of the drain and a second for those who were on their way. */
const BEFORE_CONNECTIONS_CLOSE_MS = 1_900;
const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。'.repeat(
  4,
);

/** One request over a connection that is kept. */
async function over(agent: http.Agent, url: string) {
  const request = http.get(url, { agent });
  const [response] = (await once(request, 'response')) as [http.IncomingMessage];
  response.resume();
  await once(response, 'end');
  return { status: response.statusCode, connection: response.headers.connection };
}

describeWithServers('a process that is asked to leave', () => {
  let tutor: TutorWithModel;
  let leaving: RunningService;
  let here: Learner;
  let there: Learner;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services');
  });
  beforeEach(async () => {
    leaving = await tutor.space.start({ ...tutor.environment, DRAIN_DELAY_MS: '1000' });
    here = await asGuest(tutor.service.url);
    there = asLearner(leaving.url, here.login);
  });
  afterEach(async () => {
    await leaving.stop();
    expect(errorsIn(leaving)).toEqual([]);
  });
  afterAll(() => tutor.dispose());

  test('says so and serves on, then refuses; and what it keeps open is not cut off', async () => {
    const agent = new http.Agent({ keepAlive: true, maxSockets: 1 });
    const { url } = leaving;
    expect(await over(agent, `${url}/ready`)).toEqual({ status: 200, connection: 'keep-alive' });
    const session = await there.openSession();
    const stopped = leaving.stop();
    expect(await over(agent, `${url}/ready`)).toEqual({ status: 503, connection: 'close' });
    expect(await over(agent, `${url}/health`)).toEqual({ status: 200, connection: 'close' });
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 10 });
    const asking = await there.ask(session.id, QUESTION);
    await stopped;
    expect(textOf(await asking.ended)).toBe(TEXT);
    await expect(over(agent, `${url}/health`)).rejects.toThrow(/ECONNREFUSED/);
    agent.destroy();
  });

  test('answers all questions that reached it, also those it was still accepting', async () => {
    // Of a class that came over connections which are still open when it is to leave.
    const sessions = await Promise.all(Array.from({ length: 20 }, () => there.openSession()));
    for (const _ of sessions) tutor.model.enqueue({ text: TEXT });
    const stopped = leaving.stop();
    await aWhile(BEFORE_CONNECTIONS_CLOSE_MS);
    const asked = sessions.map(async ({ id }) => {
      const asking = await there.ask(id, QUESTION);
      return textOf(await asking.ended);
    });
    expect(await Promise.all(asked)).toEqual(sessions.map(() => TEXT));
    await stopped;
    const messages = tutor.service.platform.database.knex('messages');
    expect(await messages.where({ status: 'streaming' })).toEqual([]);
  });

  test('hands over those who listen to answers of others; they hear the rest, once', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 60 });
    const asking = await here.ask((await here.openSession()).id, QUESTION);
    await asking.until('it has begun', (heard) => textOf(heard) !== '');
    const { messageId } = dataOf(asking.heard, 'meta');
    const listening = await there.listen(messageId, 0);
    const socket = await openSocketAs(leaving.url, here.login.accessToken);
    socket.say({ type: 'subscribe', messageId, after: 0 });
    await socket.until('it is told', () => socket.of(messageId).length > 3);
    await leaving.stop();
    const first = await listening.ended;
    expect(orderOf(first)).not.toContain('done');
    expect(await socket.closed).toEqual({ code: 1012, reason: 'restart' });
    const rest = await (await here.listen(messageId, first.at(-1)?.id ?? 0)).ended;
    expect([...first, ...rest]).toEqual(await asking.ended);
    expect(textOf([...first, ...rest])).toBe(TEXT);
    const told = socket.of(messageId);
    const again = await openSocketAs(tutor.service.url, here.login.accessToken);
    again.say({ type: 'subscribe', messageId, after: told.at(-1)?.id ?? 0 });
    await again.until('it is over', () => again.of(messageId).some(({ type }) => type === 'done'));
    expect(textOfFrames([...told, ...again.of(messageId)])).toBe(TEXT);
    again.leave();
  });
});

describeWithServers('a worker that is asked to leave', () => {
  test('puts its jobs into other hands; nobody has to find them', async () => {
    const space = await openSpace('services');
    try {
      // Without a scheduler, who would look for what was forgotten.
      const start = () => space.start({ ROLES: 'worker' }, { waitForLibrary: false });
      const leaving = await start();
      const { jobs, stores } = leaving.services;
      const ids: string[] = [];
      for (const slug of ['lunyu', 'daxue', 'lunyu', 'daxue', 'lunyu', 'daxue']) {
        ids.push(await jobs.enqueue('ingest-work', { slug }, { dedupeKey: String(ids.length) }));
      }
      const under = async () => (await stores.jobs.byId(ids[0] ?? ''))?.status !== 'queued';
      await eventually('it is at work', under);
      const staying = await start();
      await leaving.stop();
      const { byId } = staying.services.stores.jobs;
      const unfinished = async () =>
        (await Promise.all(ids.map(byId))).filter((job) => job?.status !== 'done');
      await eventually('all are done', async () => (await unfinished()).length === 0, 30_000);
      expect([...errorsIn(leaving), ...errorsIn(staying)]).toEqual([]);
    } finally {
      await space.dispose();
    }
  });
});
