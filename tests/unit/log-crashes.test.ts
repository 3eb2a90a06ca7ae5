import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { runTypeScript } from '../support/run-typescript.ts';

test('a process that dies of what nobody caught says so first, and tells whoever is to be told', async () => {
  const script = runTypeScript('crashing-process.ts', []);
  const ended = once(script, 'close');
  const lines = (await text(script.stdout)).trim().split('\n');
  expect(lines.map((line): unknown => JSON.parse(line))).toEqual([
    expect.objectContaining({
      level: 60,
      err: expect.objectContaining({ message: 'nobody caught me' }),
      origin: 'unhandledRejection',
    }),
    { msg: 'flushed' },
  ]);
  expect((await ended)[0]).toBe(1);
}, 30_000);
