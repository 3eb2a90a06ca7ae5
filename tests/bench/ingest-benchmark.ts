import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { startChromaServer } from '../../backend/platform/chroma/chroma-server.ts';
import { openRedisSpace, silentLogger } from '../support/redis-space.ts';
import { redisUrl } from '../support/services.ts';
import { createDatabase } from '../support/test-database.ts';
import { type Texts, writeTexts } from './ingest-texts.ts';
import { type Ingested, ingestOver } from './ingest-upload.ts';
import { machineLine } from './report.ts';
import { startProgram } from './running-program.ts';

const HOOKS = new URL('../support/typescript-hooks.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,import { register } from 'node:module'; register('${HOOKS}');`;
const run = promisify(execFile);

interface Plain {
  characters: number;
  pieces: number;
  seconds: number;
  peakBytes: number;
}

interface Row {
  characters: number;
  ours: Ingested & { workerPeak: number; apiPeak: number };
  plain: Plain;
}

/** Prints the table; resolves with the exit code. `sizes` are millions of characters. */
export async function runIngestBenchmark(sizes: number[]): Promise<number> {
  const machine = machineLine();
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-ingest-'));
  try {
    const rows: Row[] = [];
    for (const size of sizes.length > 0 ? sizes : [1, 10]) {
      console.error(`— ${size} million characters`);
      const texts = await writeTexts(path.join(folder, `texts-${size}`), size * 1e6);
      const plain = await ingestPlain(texts, path.join(folder, `plain-${size}`));
      const ours = await ingestOurs(texts, path.join(folder, `ours-${size}`));
      rows.push({ characters: texts.characters, ours, plain });
    }
    console.log(`\n${machine}\n\n${table(rows)}`);
    return 0;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function ingestPlain(texts: Texts, dataDir: string): Promise<Plain> {
  const chroma = await startChromaServer({ dataDir, logger: silentLogger });
  try {
    const { host = '', port = 0 } = chroma.address() ?? {};
    const script = new URL('./ingest-plain.ts', import.meta.url).pathname;
    const args = ['--import', REGISTER, script, texts.folder, host, String(port)];
    return JSON.parse((await run(process.execPath, args)).stdout);
  } finally {
    await chroma.close();
  }
}

/** An API process and a worker on PostgreSQL, Redis and one Chroma, as a site has them. */
async function ingestOurs(texts: Texts, dataDir: string): Promise<Row['ours']> {
  const database = await createDatabase();
  const redis = await openRedisSpace();
  const chroma = await startChromaServer({
    dataDir: path.join(dataDir, 'site'),
    logger: silentLogger,
  });
  const shared = {
    DATABASE_URL: database.url,
    REDIS_URL: redisUrl,
    REDIS_PREFIX: redis.prefix.slice(1, -1),
    CHROMA_URL: `http://127.0.0.1:${chroma.address()?.port}`,
    JWT_SECRET: 'a secret of the benchmark, long enough',
    ADMIN_EMAIL: 'admin@example.org',
    ADMIN_PASSWORD: 'correct horse battery staple',
  };
  const { signal } = new AbortController();
  const start = (name: string, ROLES: string) =>
    startProgram({ ...shared, ROLES, DATA_DIR: path.join(dataDir, name) }, signal);
  const worker = await start('worker', 'worker,scheduler');
  await worker.libraryRead();
  const api = await start('api', 'api');
  try {
    await api.libraryRead();
    const ingested = await ingestOver(api.url, texts.zip, shared);
    return { ...ingested, workerPeak: peakOf(worker.pid), apiPeak: peakOf(api.pid) };
  } finally {
    await api.stop();
    await worker.stop();
    await chroma.close();
    await redis.dispose();
    await sleep(200);
    await database.drop();
  }
}

/** The most memory that a process and those it started have held, in bytes. */
function peakOf(pid: number): number {
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(' ');
  const own = readFileSync(`/proc/${pid}/status`, 'utf8');
  const [, kibibytes] = /^VmHWM:\s+(\d+) kB$/m.exec(own) ?? [];
  const below = children.filter(Boolean).map((child) => peakOf(Number(child)));
  return Math.max(Number(kibibytes) * 1_024, ...below);
}

function table(rows: readonly Row[]): string {
  const head = [
    '| characters | | plain LangChain | this program | ratio |',
    '|---|---|---|---|---|',
  ];
  return [...head, ...rows.flatMap(linesOf)].join('\n');
}

function linesOf({ characters, ours, plain }: Row): string[] {
  const millions = `${(characters / 1e6).toFixed(1)} million`;
  const speed = (seconds: number) => Math.round(characters / seconds);
  const mebibytes = (bytes: number) => `${Math.round(bytes / 2 ** 20)} MiB`;
  const ratio = (speed(ours.seconds) / speed(plain.seconds)).toFixed(2);
  const stages = Object.entries(ours.stages).map(([stage, s]) => `${stage} ${s.toFixed(1)} s`);
  const search = (times: { p50: number; p95: number }) =>
    `${times.p50.toFixed(1)} / ${times.p95.toFixed(1)} ms`;
  return [
    `| ${millions} | characters a second | ${speed(plain.seconds)} | ${speed(ours.seconds)} | ${ratio} |`,
    `| | passages, pieces | ${plain.pieces} | ${ours.passages} | |`,
    `| | peak memory of who reads in | ${mebibytes(plain.peakBytes)} | ${mebibytes(ours.workerPeak)} | |`,
    `| | peak memory of the API process with the index | – | ${mebibytes(ours.apiPeak)} | |`,
    `| | search p50 / p95 before, while reading in | – | ${search(ours.before)}, ${search(ours.during)} | |`,
    `| | stages | – | ${stages.join(', ')} | |`,
  ];
}
