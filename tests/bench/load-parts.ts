import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, chown, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { startChromaProcess } from '../../backend/platform/chroma/chroma-process.ts';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { silentLogger } from '../support/redis-space.ts';

/** A part of the site that can be killed and started again where it was. */
export interface Part {
  name: string;
  url: string;
  pid(): number;
  /** Resolves when it serves. */
  start(): Promise<void>;
  /** As a machine dies: nothing is said or written any more. */
  kill(): Promise<void>;
}

interface Command {
  name: string;
  url: string;
  program: string;
  args: string[];
  options: { uid?: number; cwd?: string; env?: Record<string, string> };
  signal: NodeJS.Signals;
  serves(child: ChildProcess): Promise<boolean>;
}

/** Machines that lend their processors to others may need minutes. */
const START_MS = 600_000;
const POLL_MS = 50;

export function partOf({ name, url, program, args, options, signal, serves }: Command): Part {
  let child: ChildProcess | undefined;
  const runs = () => child?.exitCode === null && child.signalCode === null;
  return {
    ...{ name, url },
    pid: () => child?.pid ?? Number.NaN,
    async start() {
      const started = spawn(program, args, { ...options, stdio: ['ignore', 'ignore', 'inherit'] });
      child = started;
      const deadline = Date.now() + START_MS;
      while (!(await serves(started))) {
        if (!runs() || Date.now() > deadline) throw new Error(`${name} did not start`);
        await sleep(POLL_MS);
      }
    },
    async kill() {
      if (!child || !runs()) return;
      const ended = once(child, 'exit');
      child.kill(signal);
      await ended;
    },
  };
}

/** A cluster of its own, made by Debian's programs; root's children may not be PostgreSQL. */
export async function postgresIn(folder: string): Promise<Part> {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }));
  const uid = process.getuid?.() === 0 ? id('-u') : undefined;
  const programs = execFileSync('pg_config', ['--bindir'], { encoding: 'utf8' }).trim();
  const [data, port] = [path.join(folder, 'postgres'), await freePort()];
  await chmod(folder, 0o711);
  await mkdir(data, { mode: 0o700 });
  if (uid !== undefined) await chown(data, uid, id('-g'));
  const options = { ...(uid === undefined ? {} : { uid }), cwd: data };
  const initialise = ['-D', data, '-U', 'guoxue', '-A', 'trust', '-E', 'UTF8', '--locale=C.UTF-8'];
  execFileSync(path.join(programs, 'initdb'), initialise, { ...options, stdio: 'ignore' });
  const url = `postgres://guoxue@127.0.0.1:${port}/postgres`;
  const settings = [
    `port=${port}`,
    'listen_addresses=127.0.0.1',
    `unix_socket_directories=${data}`,
  ];
  return partOf({
    ...{ name: 'PostgreSQL', url, options },
    program: path.join(programs, 'postgres'),
    args: ['-D', data, ...settings.flatMap((each) => ['-c', each]), '-c', 'log_min_messages=panic'],
    // Recovers from its log when it starts again.
    signal: 'SIGQUIT',
    serves: () => answers(url),
  });
}

async function answers(connectionString: string): Promise<boolean> {
  const client = new pg.Client({ connectionString });
  // What befalls the connection afterwards is of no interest.
  client.on('error', () => undefined);
  try {
    await client.connect();
    await client.query('select 1');
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => undefined);
  }
}

/** With the append-only file that a site keeps. */
export async function redisIn(folder: string): Promise<Part> {
  const data = path.join(folder, 'redis');
  await mkdir(data);
  const port = await freePort();
  const settings = {
    ...{ port: String(port), bind: '127.0.0.1', dir: data, save: '', appendonly: 'yes' },
    ...{ appendfsync: 'everysec', 'maxmemory-policy': 'noeviction', loglevel: 'warning' },
  };
  const pong = () =>
    new Promise<boolean>((resolve) => {
      const asked = spawn('redis-cli', ['-p', String(port), 'ping'], { stdio: 'pipe' });
      let said = '';
      asked.stdout.on('data', (piece) => {
        said += piece;
      });
      asked.on('close', () => resolve(said.trim() === 'PONG'));
    });
  return partOf({
    ...{ name: 'Redis', url: `redis://127.0.0.1:${port}`, options: {}, program: 'redis-server' },
    args: Object.entries(settings).flatMap(([name, value]) => [`--${name}`, value]),
    ...{ signal: 'SIGKILL', serves: pong },
  });
}

export async function chromaIn(folder: string): Promise<Part> {
  const dataDir = path.join(folder, 'chroma');
  await mkdir(dataDir);
  const port = await freePort();
  let running: Awaited<ReturnType<typeof startChromaProcess>> | undefined;
  return {
    ...{ name: 'Chroma', url: `http://127.0.0.1:${port}` },
    pid: () => running?.pid ?? Number.NaN,
    async start() {
      running = await startChromaProcess({
        ...{ dataDir, port, logger: silentLogger, signal: new AbortController().signal },
        ...{ startDeadlineMs: START_MS, checkDeadlineMs: START_MS },
      });
    },
    async kill() {
      if (!running) return;
      process.kill(running.pid, 'SIGKILL');
      await running.exited;
      running = undefined;
    },
  };
}
