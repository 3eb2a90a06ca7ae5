import { randomUUID } from 'node:crypto';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { asGuest, asLearner, type Learner, visit } from '../support/service-client.ts';
import { describeWithServers, openSpace } from '../support/service-space.ts';
import { errorsIn, libraryComplete, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]两样都要。';

describeWithServers('two processes of one service', () => {
  let tutor: TutorWithModel;
  let second: RunningService;
  let here: Learner;
  let there: Learner;
  let sessionId: string;
  beforeAll(async () => {
    tutor = await startTutorWithModel('services');
    second = await tutor.space.start(tutor.environment);
  });
  beforeEach(async () => {
    here = await asGuest(tutor.service.url);
    there = asLearner(second.url, here.login);
    sessionId = (await here.openSession()).id;
    tutor.model.requests.length = 0;
  });
  afterAll(async () => {
    await tutor.dispose();
    expect(errorsIn(second)).toEqual([]);
  });

  test('asked on one, an answer is heard on the other, from any event on', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const asking = await here.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => textOf(heard).length > 4);
    const { messageId } = dataOf(asking.heard, 'meta');
    const listening = await there.listen(messageId, 0);
    const late = await there.listen(messageId, 4);
    const heard = await asking.ended;
    expect(await listening.ended).toEqual(heard);
    expect(await late.ended).toEqual(heard.slice(4));
    expect(textOf(heard)).toBe(TEXT);
    const afterwards = await there.listen(messageId, 2);
    expect(await afterwards.ended).toEqual(heard.slice(2));
  });

  test('a quiet connection is kept for longer than whoever forwards to them would', async () => {
    const { headers } = await visit(tutor.service.url).get('/health');
    const [, seconds] = /timeout=(\d+)/.exec(headers.get('keep-alive') ?? '') ?? [];
    expect(Number(seconds)).toBeGreaterThan(60);
  });

  test('asked on one, an answer is stopped from the other', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 20 });
    const asking = await here.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => textOf(heard).length > 4);
    const { messageId } = dataOf(asking.heard, 'meta');
    const path = `/api/sessions/${sessionId}/messages/${messageId}/stop`;
    const stopped = (await there.post(path)).data(contract.message);
    expect(stopped.status).toBe('stopped');
    expect(dataOf(await asking.ended, 'done').message).toEqual(stopped);
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
  });

  test('one answer runs in a session, and one key is one answer, whoever is asked', async () => {
    const key = randomUUID();
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const answers = await Promise.all(
      [here, there, here, there].map((learner) => learner.askWhole(sessionId, QUESTION, { key })),
    );
    for (const answer of answers) expect(answer).toEqual(answers[0]);
    expect(tutor.model.requests).toHaveLength(1);
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const path = `/api/sessions/${sessionId}/messages`;
    const replies = await Promise.all(
      [here, there, here, there].map((learner, n) => learner.post(path, { content: `第${n}问` })),
    );
    for (const reply of replies.filter(({ status }) => status !== 200)) {
      expect(reply.failure().error).toBe('generation_in_progress');
    }
    expect((await there.balance()).held).toBe(0);
  });

  test('an answer whose owner lives is left alone by the other', async () => {
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 20 });
    const asking = await here.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => textOf(heard) !== '');
    expect(await second.services.answers.sweep()).toBe(0);
    expect(dataOf(await asking.ended, 'done').message.content).toBe(TEXT);
  });

  test('an answer whose owner died is failed by the other, and its listeners hear of it', async () => {
    const { knex } = second.platform.database;
    tutor.model.enqueue({ text: TEXT.repeat(20), deltaDelayMs: 40 });
    const asking = await here.ask(sessionId, QUESTION);
    await asking.until('it has begun', (heard) => textOf(heard) !== '');
    const { messageId } = dataOf(asking.heard, 'meta');
    const listening = await there.listen(messageId, 0);
    const ofAnswer = () => knex('messages').where({ id: messageId });
    // Its owner, who lives, may renew the lease in between, and a sweep of the scheduler may come first.
    await eventually('it is failed', async () => {
      await ofAnswer().update({ lease_until: knex.raw(`now() - interval '1 second'`) });
      await second.services.answers.sweep();
      return (await ofAnswer().first('status')).status === 'failed';
    });
    expect(dataOf(await listening.ended, 'error').error).toBe('model_failed');
    expect((await there.messages(sessionId)).at(-1)?.status).toBe('failed');
    expect((await there.balance()).held).toBe(0);
    expect((await tutor.model.requests[0]?.closed)?.complete).toBe(false);
  });
});

describeWithServers('processes that start', () => {
  test('all at once on an empty database make one schema, one admin and one library', async () => {
    const space = await openSpace('services', { pristine: true });
    try {
      const services = await Promise.all([space.start(), space.start(), space.start()]);
      const { knex } = services[0].platform.database;
      expect(await knex('users').where({ role: 'admin' }).count()).toEqual([{ count: '1' }]);
      const migrations = await knex('schema_migrations').select('name');
      expect(new Set(migrations.map(({ name }) => name)).size).toBe(migrations.length);
      const lists = [];
      for (const service of services) {
        await libraryComplete(service);
        const reply = await visit(service.url).get('/api/library/works');
        lists.push(reply.data(contract.pageOf(contract.work)));
        expect(service.services.published.library.passageCount).toBe(11);
        expect(errorsIn(service)).toEqual([]);
      }
      expect(lists[1]).toEqual(lists[0]);
      expect(lists[2]).toEqual(lists[0]);
    } finally {
      await space.dispose();
    }
  });

  test('with a role each share the work: the worker reads, the API hears of it', async () => {
    const space = await openSpace('services');
    try {
      const api = await space.start({ ROLES: 'api' }, { waitForLibrary: false });
      await api.services.jobs.enqueue('ingest-work', { slug: 'lunyu' }, { dedupeKey: 'lunyu' });
      expect((await visit(api.url).get('/api/library/search?q=学而时习之')).status).toBe(200);
      const worker = await space.start({ ROLES: 'worker' }, { waitForLibrary: false });
      expect(worker.url).toBe('');
      const { library } = api.services.published;
      await eventually('the API holds the work', () => library.passageCount === 7, 10_000);
      const scheduler = await space.start({ ROLES: 'scheduler' }, { waitForLibrary: false });
      await eventually('it holds them all', () => library.passageCount === 11, 10_000);
      for (const service of [api, worker, scheduler]) expect(errorsIn(service)).toEqual([]);
    } finally {
      await space.dispose();
    }
  });
});
