import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { jest } from '@jest/globals';
import * as contract from '../support/contract-schemas.ts';
import { eventually } from '../support/eventually.ts';
import {
  killHard,
  openFreshSpace,
  openProgramSpace,
  type Program,
  type ProgramSpace,
  seesProcesses,
} from '../support/program.ts';
import { asGuest, asLearner, visit } from '../support/service-client.ts';

jest.setTimeout(180_000);

const QUESTION = '孔子怎么看学习和思考的关系？';

let space: ProgramSpace;
afterEach(() => space.dispose());

async function library(url: string): Promise<{ state: string; passages: number }> {
  const { library: now } = (await visit(url).get('/ready')).data(contract.readiness);
  return now;
}

/** What the server had to say to whoever looks after it. */
async function logOf({ dataDir }: ProgramSpace): Promise<string[]> {
  const text = await readFile(path.join(dataDir, 'logs/server.log'), 'utf8');
  return text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line).msg);
}

test('a newcomer asks while the default works are still being read, and finds the answer again', async () => {
  space = await openFreshSpace();
  const first = space.start();
  const url = await first.url();
  await eventually(
    'a question can be answered',
    async () => (await fetch(`${url}/ready`)).ok,
    60_000,
  );
  const learner = await asGuest(url);
  const session = await learner.openSession();
  const { message } = await learner.askWhole(session.id, QUESTION);
  expect(message.status).toBe('complete');
  expect(message.citations.length).toBeGreaterThan(0);
  expect((await library(url)).state).toBe('ingesting');

  const line = await first.ready();
  expect(line).toMatch(/管理员 admin@guoxue\.local 密码 \S+（只显示这一次）/);
  expect(line).toMatch(/模型 离线导师/);
  expect(await library(url)).toEqual({ state: 'complete', passages: expect.any(Number) });
  expect(Number(/书库 (\d+) 段/.exec(line)?.[1])).toBeGreaterThan(5_000);
  expect((await learner.askWhole(session.id, QUESTION)).message.content).toContain('学而不思则罔');
  first.interrupt();
  await space.nothingLeft();

  const again = Date.now();
  const second = space.start();
  expect(await second.ready()).not.toMatch(/密码/);
  expect(Date.now() - again).toBeLessThan(20_000);
  const back = asLearner(await second.url(), learner.login);
  expect((await back.messages(session.id)).map(({ role }) => role)).toEqual([
    ...['user', 'assistant', 'user', 'assistant'],
  ]);
});

const whereProcessesAreSeen = seesProcesses ? describe : describe.skip;

whereProcessesAreSeen(`stopping${seesProcesses ? '' : ': NOT TESTED, needs /proc'}`, () => {
  const signals = {
    'Ctrl-C in the terminal': (program: Program) => program.interrupt(),
    'SIGTERM to the server': () => process.kill(space.pids().server ?? Number.NaN, 'SIGTERM'),
    'SIGHUP to the server': () => process.kill(space.pids().server ?? Number.NaN, 'SIGHUP'),
    'npm killed hard': () => killHard(space.pids().npm),
  };

  test.each(Object.keys(signals) as (keyof typeof signals)[])('%s', async (way) => {
    space = await openProgramSpace();
    const program = space.start();
    await program.ready();
    expect(space.pids()).toEqual({
      npm: expect.any(Number),
      server: expect.any(Number),
      chroma: expect.any(Number),
    });
    const asked = Date.now();
    signals[way](program);
    await space.nothingLeft();
    expect(Date.now() - asked).toBeLessThan(5_000);
    expect(await logOf(space)).toEqual(['stopping']);
  });

  test('a server killed hard takes Chroma along, and the next start finds everything', async () => {
    space = await openProgramSpace();
    const program = space.start();
    await program.ready();
    const learner = await asGuest(await program.url());
    const session = await learner.openSession({ title: '知新' });
    await learner.askWhole(session.id, QUESTION);
    killHard(space.pids().server);
    await program.ended;
    await space.nothingLeft();

    const next = space.start();
    await next.ready();
    const back = asLearner(await next.url(), learner.login);
    expect(await back.messages(session.id)).toHaveLength(2);
  });
});
