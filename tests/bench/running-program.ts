import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { childrenOf } from './memory.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const POLL_MS = 10;
const STOP_MS = 30_000;
const READY = /^国学导师已就绪：\S+/m;

const SETTINGS = { RATE_LIMIT_DISABLED: '1', GUEST_GRANT_TOKENS: '1000000000' };

/** The program, started as a person would, with a stopwatch. All times are milliseconds since the start. */
export interface RunningProgram {
  url: string;
  pid: number;
  elapsed(): number;
  /** Until its port takes a connection. */
  listening(): Promise<number>;
  /** Until `/ready` says 200. */
  answering(): Promise<number>;
  /** Until it says so itself, with every work read in. */
  libraryRead(): Promise<number>;
  /** Ctrl-C; by force when that does not help. */
  stop(): Promise<void>;
}

export async function startProgram(
  environment: Record<string, string>,
  signal: AbortSignal,
): Promise<RunningProgram> {
  const port = await freePort();
  const url = `http://127.0.0.1:${port}`;
  const { PATH = '', HOME = '' } = process.env;
  const startedAt = performance.now();
  const child = spawn(process.execPath, ['scripts/start.mjs'], {
    cwd: ROOT,
    // Out of our group: Ctrl-C reaches the benchmark alone, which then stops the program once.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, PORT: String(port), ...SETTINGS, ...environment },
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      said += piece;
    });
  }
  const ended = once(child, 'close');
  const hasEnded = () => child.exitCode !== null || child.signalCode !== null;
  const elapsed = () => performance.now() - startedAt;
  const until = async (what: string, condition: () => boolean | Promise<boolean>) => {
    while (!(await condition())) {
      if (hasEnded()) throw new Error(`the program ended before ${what}:\n${said}`);
      await sleep(POLL_MS, undefined, { signal });
    }
    return elapsed();
  };
  return {
    url,
    pid: child.pid ?? Number.NaN,
    elapsed,
    listening: () => until('it listened', () => accepts(port)),
    answering: () => until('it was ready', () => isReady(url)),
    libraryRead: () => until('the library was read in', () => READY.test(said)),
    async stop() {
      if (hasEnded() || child.pid === undefined) return;
      const descendants = childrenOf(child.pid).map(({ pid }) => pid);
      child.kill('SIGINT');
      const inTime = sleep(STOP_MS, 'late' as const, { ref: false });
      if ((await Promise.race([ended, inTime])) !== 'late') return;
      for (const pid of [child.pid, ...descendants]) killHard(pid);
      await ended;
      throw new Error(`the program did not stop within ${STOP_MS / 1_000} s of Ctrl-C`);
    },
  };
}

function accepts(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    const settle = (open: boolean) => {
      socket.destroy();
      resolve(open);
    };
    socket.once('connect', () => settle(true)).once('error', () => settle(false));
  });
}

async function isReady(url: string): Promise<boolean> {
  try {
    const response = await fetch(`${url}/ready`);
    await response.arrayBuffer();
    return response.status === 200;
  } catch {
    return false;
  }
}

function killHard(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}
