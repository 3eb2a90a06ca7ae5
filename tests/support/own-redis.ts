import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { freePort } from '../../backend/platform/chroma/free-port.ts';

/** A Redis server of one's own, that may be killed. It keeps nothing: it comes back empty. */
export interface OwnRedis {
  url: string;
  kill(): Promise<void>;
  /** On the port it had before. */
  start(): Promise<void>;
  dispose(): Promise<void>;
}

const found = spawnSync('redis-server', ['--version']).status === 0;

export async function startOwnRedis(): Promise<OwnRedis> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-redis-'));
  const port = await freePort();
  const settings = ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--dir', folder];
  let server: ReturnType<typeof spawn> | undefined;
  async function start(): Promise<void> {
    server = spawn('redis-server', [...settings, '--appendonly', 'no'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    for await (const said of server.stdout ?? []) {
      if (String(said).includes('Ready to accept connections')) return;
    }
    throw new Error('redis-server ended at once');
  }
  async function kill(): Promise<void> {
    if (!server || server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  }
  await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    start,
    kill,
    async dispose() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Where there is no `redis-server` to start, a skipped test says so; REQUIRE_SERVICES=1 fails. */
export function describeWithOwnRedis(name: string, body: () => void): void {
  if (found) return void describe(name, body);
  describe(name, () => {
    const missing = 'NOT TESTED: no redis-server to start';
    if (process.env.REQUIRE_SERVICES !== '1') return void it.skip(missing, () => undefined);
    it(missing, () => {
      throw new Error(missing);
    });
  });
}
