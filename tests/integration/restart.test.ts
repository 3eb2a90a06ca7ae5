import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, type HeardEvent, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/is-running.ts';
import { asGuest, asLearner, type Learner, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]';
const HELD = 5_000;

/** Makes a finished answer look as if its owner had died in the middle of it. */
async function abandon(
  service: RunningService,
  answer: contract.Message,
  owner: string,
  leaseSeconds: number,
): Promise<void> {
  const { knex } = service.platform.database;
  const lease = knex.raw(`now() + ? * interval '1 second'`, [leaseSeconds]);
  const unfinished = { status: 'streaming', content: '写了一半', usage: null };
  await knex('messages')
    .where({ id: answer.id })
    .update({ ...unfinished, owner, lease_until: lease });
  const reservation = { status: 'held', amount: HELD, ended_at: null };
  const [row] = await knex('reservations')
    .where({ message_id: answer.id })
    .update(reservation)
    .returning('user_id');
  await knex('balances').where({ user_id: row.user_id }).increment('held', HELD);
}

/** What keeps a process alive, and must not outlive a service in it. */
function handles(): number {
  const kinds = process.getActiveResourcesInfo();
  return kinds.filter((kind) => /^(ProcessWrap|TCPServerWrap|Timeout)$/.test(kind)).length;
}

describeInBothModes('a program that ends while it answers, and comes back', (mode) => {
  let tutor: TutorWithModel;
  let before: Learner;
  let after: Learner;
  let service: RunningService;
  let running: { heard: HeardEvent[]; sessionId: string };
  let abandoned: { message: contract.Message; sessionId: string; balance: number };
  let jobId: string;
  let chromaPid: number | undefined;
  let handlesLeft: number;
  const lockOf = (part: string) => path.join(tutor.space.dataDir, `${part}.lock`);

  beforeAll(async () => {
    tutor = await startTutorWithModel(mode);
    before = await asGuest(tutor.service.url);
    if (mode === 'embedded') {
      chromaPid = JSON.parse(await readFile(lockOf('chroma'), 'utf8')).child.pid;
    }
    abandoned = await leaveUnwritten();
    const job = { kind: 'ingest-work', payload: { slug: 'lunyu' }, maxAttempts: 5 };
    jobId = (await tutor.service.services.stores.jobs.insert(job)) ?? '';
    const sessionId = (await before.openSession()).id;
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const stream = await before.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    await tutor.service.stop();
    running = { heard: await stream.ended, sessionId };
    handlesLeft = handles();
  });
  beforeAll(async () => {
    const [chroma, database] = [existsSync(lockOf('chroma')), existsSync(lockOf('database'))];
    expect({ chroma, database }).toEqual({ chroma: false, database: false });
    if (chromaPid !== undefined) expect(isRunning(chromaPid)).toBe(false);
    await expect(fetch(`${tutor.service.url}/health`)).rejects.toThrow();
    service = await tutor.space.start(tutor.environment);
    after = asLearner(service.url, before.login);
  });
  afterAll(async () => {
    await service.stop();
    await eventually('no more is left than after the first life', () => handles() <= handlesLeft);
    await tutor.dispose();
    expect(errorsIn(service)).toEqual([]);
  });

  async function leaveUnwritten() {
    const sessionId = (await before.openSession()).id;
    const { message, balance } = await before.askWhole(sessionId, QUESTION);
    const [owner, lease] = mode === 'embedded' ? ['embedded', 30] : ['dead:process', -1];
    await abandon(tutor.service, message, owner, lease);
    expect(await before.balance()).toMatchObject({ balance, held: HELD });
    return { message, sessionId, balance };
  }

  test('the running answer was finished, heard and stored', async () => {
    expect(textOf(running.heard)).toBe(TEXT);
    const { message } = dataOf(running.heard, 'done');
    expect(message).toMatchObject({ status: 'complete', content: TEXT });
    expect((await after.messages(running.sessionId)).at(-1)).toEqual(message);
    const again = await (await after.listen(message.id, 0)).ended;
    expect(textOf(again)).toBe(TEXT);
    expect(dataOf(again, 'done').message).toEqual(message);
  });

  test('what its former self left unwritten is failed, and what was held given back', async () => {
    const { message, sessionId } = abandoned;
    await service.services.jobs.enqueue('sweep-answers', {});
    const last = async () => (await after.messages(sessionId)).at(-1);
    await eventually('the answer has ended', async () => (await last())?.status !== 'streaming');
    expect(await last()).toMatchObject({ id: message.id, status: 'failed', content: '写了一半' });
    expect((await last())?.citations).toEqual(message.citations);
    expect((await after.balance()).held).toBe(0);
    expect((await after.askWhole(sessionId, '再讲一次')).message.status).toBe('complete');
  });

  test('a job that its former self was asked to do is done', async () => {
    const done = async () => (await service.services.stores.jobs.byId(jobId))?.status === 'done';
    await eventually('the job is done', done, 10_000);
  });

  test('its learners are known by the tokens they had', async () => {
    const profile = await after.get('/api/user/profile');
    expect(profile.data(contract.user)).toEqual(before.login.user);
    const { refreshToken } = before.login;
    const reply = await visit(service.url).post('/api/auth/refresh', { refreshToken });
    expect(reply.data(contract.login).user.id).toBe(before.login.user.id);
  });
});

test('a second program on the same folder is refused, and harms the first in no way', async () => {
  const space = await openSpace('embedded');
  try {
    const first = await space.start();
    await expect(space.start()).rejects.toThrow(/in use by process/);
    const guest = await asGuest(first.url);
    const { message } = await guest.askWhole((await guest.openSession()).id, QUESTION);
    expect(message.status).toBe('complete');
  } finally {
    await space.dispose();
  }
});
