import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { runTypeScript } from '../support/run-typescript.ts';

async function rejectingUncaught(...messages: string[]) {
  const script = runTypeScript('crashing-process.ts', messages);
  const ended = once(script, 'close');
  const lines = (await text(script.stdout)).trim().split('\n');
  return { lines: lines.map((line): unknown => JSON.parse(line)), code: (await ended)[0] };
}

const warning = expect.objectContaining({
  level: 40,
  err: expect.objectContaining({ message: 'Connection is closed.' }),
});

test('a process that dies of what nobody caught says so first, and tells whoever is to be told', async () => {
  const { lines, code } = await rejectingUncaught('nobody caught me');
  expect(lines).toEqual([
    expect.objectContaining({
      level: 60,
      err: expect.objectContaining({ message: 'nobody caught me' }),
      origin: 'unhandledRejection',
    }),
    { msg: 'flushed' },
  ]);
  expect(code).toBe(1);
}, 30_000);

test('a process does not die of a command that the client of Redis gave up', async () => {
  expect(await rejectingUncaught('Connection is closed.')).toEqual({ lines: [warning], code: 0 });
  const { lines, code } = await rejectingUncaught('Connection is closed.', 'nobody caught me');
  expect(lines).toEqual([warning, expect.objectContaining({ level: 60 }), { msg: 'flushed' }]);
  expect(code).toBe(1);
}, 30_000);
