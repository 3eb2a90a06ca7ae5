import { execFile, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { eventually } from './eventually.ts';

const run = promisify(execFile);

/** A PostgreSQL server of one's own and a streaming replica of it; both forget everything. */
export interface ReplicatedPostgres {
  url: string;
  replicaUrl: string;
  /** Until `resume` the replica shows what it shows now. */
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** As when its machine dies. */
  killReplica(): Promise<void>;
  startReplica(): Promise<void>;
  dispose(): Promise<void>;
}

interface Program {
  bin: string;
  owner: { uid: number; gid: number } | undefined;
}

type Server = ReturnType<typeof spawn>;

/** Where the server's programs are, and as whom they run: it refuses to be root. */
function findProgram(): Program | undefined {
  const bin = spawnSync('pg_config', ['--bindir'], { encoding: 'utf8' }).stdout?.trim();
  const places = [bin, ...[18, 17, 16, 15].map((each) => `/usr/lib/postgresql/${each}/bin`)];
  const found = places.find(
    (place) => place && spawnSync(path.join(place, 'postgres'), ['--version']).status === 0,
  );
  if (!found) return undefined;
  if (process.getuid?.() !== 0) return { bin: found, owner: undefined };
  const idOf = (flag: string) => Number(spawnSync('id', [flag, 'postgres']).stdout);
  const owner = { uid: idOf('-u'), gid: idOf('-g') };
  return owner.uid > 0 ? { bin: found, owner } : undefined;
}

const program = findProgram();

export async function startReplicatedPostgres(): Promise<ReplicatedPostgres> {
  if (!program) throw new Error('there is no PostgreSQL to start');
  const { bin, owner } = program;
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-postgres-'));
  if (owner) await chown(folder, owner.uid, owner.gid);
  const at = (name: string) => path.join(folder, name);
  const call = (name: string, args: string[]) =>
    run(path.join(bin, name), args, { ...owner, cwd: folder });
  const [port, replicaPort] = [await freePort(), await freePort()];
  const urlOf = (on: number) => `postgres://guoxue@127.0.0.1:${on}/postgres`;

  async function start(data: string, on: number): Promise<Server> {
    const settings = ['listen_addresses=127.0.0.1', 'unix_socket_directories=', 'fsync=off'];
    const small = ['shared_buffers=16MB', 'autovacuum=off', 'hot_standby_feedback=on'];
    const flags = [...settings, ...small].flatMap((each) => ['-c', each]);
    const server = spawn(path.join(bin, 'postgres'), ['-D', data, '-p', `${on}`, ...flags], {
      ...owner,
      cwd: folder,
      stdio: 'ignore',
    });
    await eventually('PostgreSQL takes connections', () => answers(urlOf(on)));
    return server;
  }

  await call('initdb', ['-D', at('primary'), '-U', 'guoxue', '-A', 'trust', '-N', '-E', 'UTF8']);
  const primary = await start(at('primary'), port);
  const from = ['-h', '127.0.0.1', '-p', `${port}`, '-U', 'guoxue', '-c', 'fast', '--no-sync'];
  await call('pg_basebackup', ['-D', at('replica'), '-R', ...from]);
  let replica = await start(at('replica'), replicaPort);
  return {
    url: urlOf(port),
    replicaUrl: urlOf(replicaPort),
    pause: () => say(urlOf(replicaPort), 'select pg_wal_replay_pause()'),
    resume: () => say(urlOf(replicaPort), 'select pg_wal_replay_resume()'),
    killReplica: () => kill(replica),
    async startReplica() {
      replica = await start(at('replica'), replicaPort);
    },
    async dispose() {
      await kill(replica);
      await kill(primary);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** At once and with all its processes, which are told to by the first of them. */
async function kill(server: Server): Promise<void> {
  if (server.exitCode !== null || server.signalCode !== null) return;
  const ended = once(server, 'exit');
  server.kill('SIGQUIT');
  await ended;
}

async function say(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

function answers(url: string): Promise<boolean> {
  return say(url, 'select 1').then(
    () => true,
    () => false,
  );
}

/** Where there is no PostgreSQL to start, a skipped test says so; REQUIRE_SERVICES=1 fails. */
export function describeWithReplica(name: string, body: () => void): void {
  if (program) return void describe(name, body);
  describe(name, () => {
    const missing = 'NOT TESTED: no PostgreSQL server to start';
    if (process.env.REQUIRE_SERVICES !== '1') return void it.skip(missing, () => undefined);
    it(missing, () => {
      throw new Error(missing);
    });
  });
}
