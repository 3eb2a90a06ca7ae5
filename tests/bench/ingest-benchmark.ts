import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { promisify } from 'node:util';
import { startChromaServer } from '../../backend/platform/chroma/chroma-server.ts';
import { openRedisSpace, silentLogger } from '../support/redis-space.ts';
import { redisUrl } from '../support/services.ts';
import { createDatabase } from '../support/test-database.ts';
import { createCpuMeter } from './ingest-cpu.ts';
import { HEAD, linesOf, type Row } from './ingest-report.ts';
import { type Texts, writeTexts } from './ingest-texts.ts';
import { ingestOver } from './ingest-upload.ts';
import { machineLine } from './report.ts';
import { startProgram } from './running-program.ts';

const HOOKS = new URL('../support/typescript-hooks.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,import { register } from 'node:module'; register('${HOOKS}');`;
const run = promisify(execFile);

/** What is started for a measurement, and how it is ended again whatever happens. */
interface Opened {
  signal: AbortSignal;
  /** Ended in the reverse order. */
  ending(end: () => Promise<unknown>): void;
}

/** Prints a table as it grows; resolves with the exit code. `sizes` are millions of characters. */
export async function runIngestBenchmark(sizes: number[]): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-ingest-'));
  try {
    for (const size of sizes.length > 0 ? sizes : [1, 10]) {
      console.error(`— ${size} million characters`);
      // Before the work, which is itself a load.
      const machine = machineLine();
      const texts = await writeTexts(path.join(folder, `texts-${size}`), size * 1e6);
      const place = (name: string) => path.join(folder, `${name}-${size}`);
      const plain = await closing(stop, (opened) => ingestPlain(texts, place('plain'), opened));
      const ingest = (name: string, searched: boolean) =>
        closing(stop, (opened) => ingestOurs(texts, place(name), { ...opened, searched }));
      const ours = await ingest('ours', false);
      const searched = await ingest('ours-searched', true);
      const row = linesOf({ characters: texts.characters, plain, ours, searched });
      console.log(`\n${machine}\n\n${HEAD}\n${row}`);
    }
    return 0;
  } finally {
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}

async function closing<Result>(
  { signal }: AbortController,
  work: (opened: Opened) => Promise<Result>,
): Promise<Result> {
  const ends: (() => Promise<unknown>)[] = [];
  try {
    return await work({ signal, ending: (end) => ends.unshift(end) });
  } finally {
    for (const end of ends) await end().catch((error: unknown) => console.error(error));
  }
}

async function ingestPlain(texts: Texts, dataDir: string, opened: Opened): Promise<Row['plain']> {
  const chroma = await startChromaServer({ dataDir, logger: silentLogger });
  opened.ending(chroma.close);
  const { host = '', port = 0 } = chroma.address() ?? {};
  const script = new URL('./ingest-plain.ts', import.meta.url).pathname;
  const args = ['--import', REGISTER, script, texts.folder, host, String(port)];
  const meter = createCpuMeter({ Chroma: chroma.pid() });
  meter.lap();
  const { stdout } = await run(process.execPath, args, { signal: opened.signal });
  const { cpuSeconds, ...measured } = JSON.parse(stdout);
  const cpu = { loader: cpuSeconds, ...meter.lap() };
  return { ...measured, cpu, chromaPeak: peakOf(chroma.pid()) };
}

/**
 * An API process and a worker on PostgreSQL, Redis and one Chroma, as a site has them; while somebody
 * searches, or as little disturbed as the plain pipeline is.
 */
async function ingestOurs(
  texts: Texts,
  dataDir: string,
  opened: Opened & { searched: boolean },
): Promise<Row['ours']> {
  const { signal, searched, ending } = opened;
  const database = await createDatabase();
  ending(database.drop);
  const redis = await openRedisSpace();
  ending(() => redis.dispose());
  const site = { dataDir: path.join(dataDir, 'site'), logger: silentLogger };
  const chroma = await startChromaServer(site);
  ending(chroma.close);
  const shared = {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redis.prefix.slice(1, -1),
    CHROMA_URL: `http://127.0.0.1:${chroma.address()?.port}`,
    JWT_SECRET: 'a secret of the benchmark, long enough',
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_PASSWORD: 'correct horse battery staple',
  };
  const start = async (name: string, ROLES: string) => {
    const settings = { ...shared, ROLES, DATA_DIR: path.join(dataDir, name) };
    const program = await startProgram(settings, signal);
    ending(program.stop);
    await program.libraryRead();
    return program;
  };
  const worker = await start('worker', 'worker,scheduler');
  const api = await start('api', 'api');
  const pids = { worker: worker.pid, API: api.pid, Chroma: chroma.pid() };
  const meter = createCpuMeter(pids, path.basename(database.url));
  const ingested = await ingestOver(api.url, texts.zip, shared, {
    ...{ begin: meter.lap, searched, signal },
  });
  return {
    ...ingested,
    cpu: meter.lap(),
    workerPeak: peakOf(worker.pid),
    apiPeak: peakOf(api.pid),
    chromaPeak: peakOf(chroma.pid()),
  };
}

/** The most memory that a process and those it started have held, in bytes. */
function peakOf(pid = Number.NaN): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const own = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(own) ?? [];
  const below = children.filter(Boolean).map((child) => peakOf(Number(child)));
  return Math.max(Number(kibibytes) * 1_024, ...below);
}
