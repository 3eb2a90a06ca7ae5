import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';

const HOOKS = new URL('../support/typescript-hooks.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,import { register } from 'node:module'; register('${HOOKS}');`;

export interface SideProcess {
  url: string;
  pid: number;
  stop(): Promise<void>;
}

/** Runs a file of this folder that prints its address as the first thing it says. */
export async function startSideProcess(file: string, args: string[] = []): Promise<SideProcess> {
  const script = new URL(file, import.meta.url).pathname;
  const child: ChildProcessByStdio<null, Readable, null> = spawn(
    process.execPath,
    ['--import', REGISTER, script, ...args],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  const ended = once(child, 'exit');
  const [said] = await Promise.race([
    once(child.stdout.setEncoding('utf8'), 'data'),
    ended.then(() => Promise.reject(new Error(`${file} ended at once`))),
  ]);
  return {
    url: String(said).trim(),
    pid: child.pid ?? Number.NaN,
    async stop() {
      child.kill('SIGKILL');
      await ended;
    },
  };
}
