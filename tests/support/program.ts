import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { copyEmptyCluster } from './embedded-cluster.ts';
import { aWhile, eventually } from './eventually.ts';
import { isRunning } from './is-running.ts';
import { analects, greatLearning, writeCorpus } from './small-corpus.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const READY_MS = 120_000;
const READY = /^国学导师已就绪：(\S+) .*$/m;
const ANSWERING = /现在就可以提问：(\S+)$/m;

type Role = 'npm' | 'server' | 'chroma';

/** What `npm start` started, seen from outside. */
export interface Program {
  npm: ChildProcessByStdio<null, Readable, Readable>;
  /** All it has said so far. */
  said(): string;
  /** Its last line, once it is there. */
  ready(): Promise<string>;
  /** The address, as soon as the program names it, ready or not. */
  url(): Promise<string>;
  /** The exit code; of a process that a signal ended, its name. */
  ended: Promise<number | NodeJS.Signals | null>;
  /** Ctrl-C in its terminal: the signal reaches npm, its shell and the server. */
  interrupt(): void;
}

/** A place to start the program in, again and again. */
export interface ProgramSpace {
  dataDir: string;
  start(environment?: Record<string, string>): Program;
  /** The process ids of what runs on this data folder now. */
  pids(): Partial<Record<Role, number>>;
  nothingLeft(): Promise<void>;
  dispose(): Promise<void>;
}

/** Two tiny works, and a database that was initialised before: starts are then a matter of seconds. */
export async function openProgramSpace(): Promise<ProgramSpace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-start-'));
  const corpus = path.join(folder, 'corpus');
  await writeCorpus(corpus, [analects, greatLearning]);
  const dataDir = path.join(folder, 'data');
  await copyEmptyCluster(path.join(dataDir, 'database'));
  return programSpace(folder, { DATA_DIR: dataDir, CORPUS: corpus });
}

/** As a newcomer finds it: nothing there, nothing set. */
export async function openFreshSpace(): Promise<ProgramSpace> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-start-'));
  return programSpace(folder, { DATA_DIR: path.join(folder, 'data') });
}

function programSpace(folder: string, settings: { DATA_DIR: string; CORPUS?: string }) {
  const dataDir = settings.DATA_DIR;
  const started: Program[] = [];
  const pids = () => pidsNaming(dataDir);
  const gone = () => aWhile(100).then(() => Object.keys(pids()).length === 0);
  const nothingLeft = async () => {
    await Promise.all(started.map(({ ended }) => ended));
    await eventually('nothing is left', gone, 20_000);
  };
  return {
    dataDir,
    pids,
    nothingLeft,
    start(environment = {}) {
      const program = startProgram({ PORT: '0', ...settings, ...environment });
      started.push(program);
      return program;
    },
    async dispose() {
      for (const { npm } of started) if (npm.pid && !hasEnded(npm)) killHard(-npm.pid);
      for (const pid of Object.values(pids())) killHard(pid);
      await nothingLeft();
      await rm(folder, { recursive: true, force: true });
    },
  } satisfies ProgramSpace;
}

function startProgram(environment: Record<string, string>): Program {
  const { PATH = '', HOME = '' } = process.env;
  // Leader of a group, as a command in a terminal is.
  const npm = spawn('npm', ['start'], {
    cwd: ROOT,
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH, HOME, ...environment },
  });
  let text = '';
  for (const stream of [npm.stdout, npm.stderr]) {
    stream.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
    });
  }
  const ended = once(npm, 'close').then(() => npm.exitCode ?? npm.signalCode);
  const find = async (pattern: RegExp) => {
    const found = () => pattern.exec(text);
    await eventually(`it says ${pattern}`, () => Boolean(found()) || hasEnded(npm), READY_MS);
    const match = found();
    if (!match) throw new Error(`npm start ended early:\n${text}`);
    return match;
  };
  return {
    npm,
    ended,
    said: () => text,
    ready: async () => (await find(READY))[0],
    async url() {
      const [, url = ''] = await find(new RegExp(`${ANSWERING.source}|${READY.source}`, 'm')).then(
        (match) => match.filter(Boolean),
      );
      return url.replace('localhost', '127.0.0.1');
    },
    interrupt() {
      if (npm.pid) process.kill(-npm.pid, 'SIGINT');
    },
  };
}

function hasEnded({ exitCode, signalCode }: Program['npm']): boolean {
  return exitCode !== null || signalCode !== null;
}

export function killHard(pid: number | undefined): void {
  try {
    if (pid) process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself meanwhile.
  }
}

/** Whether processes can be looked at from outside. */
export const seesProcesses = existsSync('/proc/self/environ');

/** Finds processes by the data folder in their environment or arguments, whoever their parent is. */
function pidsNaming(dataDir: string): Partial<Record<Role, number>> {
  const found: Partial<Record<Role, number>> = {};
  if (!seesProcesses) return found;
  for (const entry of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    const [command, environment] = [procFile(entry, 'cmdline'), procFile(entry, 'environ')];
    const names = `${command}${environment}`;
    if (!(names.includes(`${dataDir}\0`) || names.includes(`${dataDir}/`))) continue;
    const role = roleOf(command);
    if (role && isRunning(Number(entry))) found[role] = Number(entry);
  }
  return found;
}

function roleOf(command: string): Role | undefined {
  if (command.includes('--path\0')) return 'chroma';
  if (/^\S*node\0scripts\/start\.mjs/.test(command)) return 'server';
  return command.startsWith('npm start') ? 'npm' : undefined;
}

function procFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
