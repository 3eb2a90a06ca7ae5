import { type ChildProcessByStdio, spawn } from 'node:child_process';
import type { Readable } from 'node:stream';

const HOOKS = new URL('./typescript-hooks.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,import { register } from 'node:module'; register('${HOOKS}');`;

export type Script = ChildProcessByStdio<null, Readable, null>;

/** Runs a script of `tests/support/` in a process, and a process group, of its own. */
export function runTypeScript(script: string, args: string[]): Script {
  const file = new URL(script, import.meta.url).pathname;
  return spawn(process.execPath, ['--import', REGISTER, file, ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
}
