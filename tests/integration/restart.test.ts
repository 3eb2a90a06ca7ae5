import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import { createQuestionAcceptance } from '../../backend/chat/question-acceptance.ts';
import { acceptanceSurroundings } from '../support/acceptance-surroundings.ts';
import * as contract from '../support/contract-schemas.ts';
import { dataOf, type HeardEvent, textOf } from '../support/event-stream.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/is-running.ts';
import { asGuest, asLearner, type Learner, visit } from '../support/service-client.ts';
import { describeInBothModes, openSpace } from '../support/service-space.ts';
import { errorsIn, type RunningService } from '../support/start-service.ts';
import { transactIn } from '../support/transact-in.ts';
import { startTutorWithModel, type TutorWithModel } from '../support/tutor-with-model.ts';

jest.setTimeout(60_000);

const QUESTION = '「学而不思则罔」是什么意思？';
const TEXT = '只读书不思考，就会迷惘。孔子说：「学而不思则罔，思而不学则殆。」[1]';
const HALF = '写了一半';

/** An answer of which its owner has written a part, as it is stored when the owner dies. */
async function leaveUnwritten(
  service: RunningService,
  question: { userId: string; sessionId: string },
  owner: string,
  leaseMs: number,
): Promise<string> {
  const { stores } = service.services;
  const leaseUntil = () => new Date(Date.now() + leaseMs);
  const accept = createQuestionAcceptance(transactIn(service), acceptanceSurroundings(stores), {
    ...{ owner, leaseUntil, usualModel: 'deepseek-flash', maxOutputTokens: 600 },
    ...{ promptTokens: () => 1_000, cohortOf: () => undefined },
    passageTokens: { most: 0, least: 0 },
    quotaGate: { pass: (_, work) => work() },
  });
  const acceptance = await accept({ ...question, content: QUESTION });
  if (acceptance.repeated) throw new Error('nothing was asked before');
  const { id } = acceptance.accepted.answer;
  await stores.messages.saveProgress([{ id, content: HALF }], leaseUntil());
  return id;
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
  let running: { heard: HeardEvent[]; sessionId: string; cost: number };
  let abandoned: { id: string; sessionId: string; balance: number };
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
    abandoned = await abandonOne();
    const job = { kind: 'ingest-work', payload: { slug: 'lunyu' }, maxAttempts: 5 };
    const { jobs } = tutor.service.services.stores;
    jobId = (await jobs.insert(job)) ?? '';
    // Held by a worker that is never heard of again; only who is alone on the data can know it is gone.
    await jobs.claim(jobId, mode === 'embedded' ? 600_000 : 0);
    const sessionId = (await before.openSession()).id;
    tutor.model.enqueue({ text: TEXT, deltaDelayMs: 15 });
    const stream = await before.ask(sessionId, QUESTION);
    await stream.until('it has begun', (heard) => textOf(heard) !== '');
    await tutor.service.stop();
    const heard = await stream.ended;
    running = { heard, sessionId, cost: dataOf(heard, 'done').message.usage?.cost ?? 0 };
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

  async function abandonOne() {
    const sessionId = (await before.openSession()).id;
    const { balance } = await before.balance();
    const question = { userId: before.login.user.id, sessionId };
    const [owner, leaseMs] = mode === 'embedded' ? ['embedded', 30_000] : ['dead:process', -1];
    const id = await leaveUnwritten(tutor.service, question, owner, leaseMs);
    expect((await before.balance()).held).toBeGreaterThan(0);
    return { id, sessionId, balance };
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

  test('what its former self left unwritten is failed, paid for, and nothing more is held', async () => {
    const { id, sessionId, balance } = abandoned;
    await service.services.jobs.enqueue('sweep-answers', {});
    const last = async () => (await after.messages(sessionId)).at(-1);
    await eventually('the answer has ended', async () => (await last())?.status !== 'streaming');
    expect(await last()).toMatchObject({ id, status: 'failed', content: HALF });
    const usage = (await last())?.usage;
    expect(usage).toMatchObject({ promptTokens: 0, cost: expect.any(Number) });
    const cost = running.cost + (usage?.cost ?? 0);
    expect(await after.balance()).toMatchObject({ balance: balance - cost, held: 0 });
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
