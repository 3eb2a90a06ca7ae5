import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { freePort } from '../../backend/platform/chroma/free-port.ts';
import { chromaIn, type Part, partOf, postgresIn, redisIn } from './load-parts.ts';
import { type SideProcess, startSideProcess } from './side-process.ts';
import { API_KEY } from './stream-settings.ts';

/** A whole site on this machine, each part a process of its own. */
export interface Site {
  parts: Part[];
  /** Addresses of the API processes. */
  urls: string[];
  databaseUrl: string;
  dispose(): Promise<void>;
}

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const LIBRARY_MS = 900_000;
/** Roomy, not off: they are part of what is measured. All learners come from one address. */
const LIMITS = [
  ...['GUESTS_PER_HOUR', 'REGISTRATIONS_PER_HOUR', 'LOGINS_PER_MINUTE'],
  ...['QUESTIONS_PER_MINUTE', 'LIBRARY_PER_MINUTE', 'OTHERS_PER_MINUTE'],
];

export async function openSite(): Promise<Site> {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-load-'));
  const opened: { parts: Part[]; model?: SideProcess } = { parts: [] };
  const dispose = async () => {
    for (const part of [...opened.parts].reverse()) await part.kill();
    await opened.model?.stop();
    await rm(folder, { recursive: true, force: true });
  };
  const add = async (part: Part) => {
    opened.parts.push(part);
    await part.start();
    return part;
  };
  try {
    opened.model = await startSideProcess('stream-model.ts');
    const database = await add(await postgresIn(folder));
    const redis = await add(await redisIn(folder));
    const chroma = await add(await chromaIn(folder));
    const shared = {
      ...Object.fromEntries(LIMITS.map((name) => [`RATE_LIMIT_${name}`, '1000000'])),
      ...{ DATABASE_URL: database.url, REDIS_URL: redis.url, CHROMA_URL: chroma.url },
      ...{ DEEPSEEK_API_KEY: API_KEY, DEEPSEEK_BASE_URL: opened.model.url },
      ...{
        JWT_SECRET: 'a secret of the benchmark, long enough',
        SIGNUP_GRANT_TOKENS: '1000000000',
      },
      ...{ NODE_ENV: 'production', LOG_LEVEL: 'error', LOW_BALANCE_TOKENS: '0' },
      PUBLIC_URL: 'http://localhost',
    };
    const process_ = (name: string, roles: string, port = 0) =>
      programIn(path.join(folder, name), { name, roles, port, shared });
    const [first, second] = [await freePort(), await freePort()];
    await add(process_('API 1', 'api', first));
    await add(process_('worker 1', 'worker,scheduler'));
    await add(process_('worker 2', 'worker,scheduler'));
    await add(process_('API 2', 'api', second));
    const urls = [first, second].map((port) => `http://127.0.0.1:${port}`);
    for (const url of urls) await libraryRead(url);
    return { parts: opened.parts, urls, databaseUrl: database.url, dispose };
  } catch (error) {
    await dispose();
    throw error;
  }
}

function programIn(
  dataDir: string,
  about: { name: string; roles: string; port: number; shared: Record<string, string> },
): Part {
  const { name, roles, port, shared } = about;
  const { PATH = '', HOME = '' } = process.env;
  const url = `http://127.0.0.1:${port}`;
  return partOf({
    ...{ name, url, program: process.execPath, signal: 'SIGKILL' },
    args: [path.join(ROOT, 'dist/server/backend/main.js')],
    options: {
      cwd: ROOT,
      env: { PATH, HOME, ...shared, DATA_DIR: dataDir, ROLES: roles, PORT: String(port) },
    },
    // A worker has no port; whether it works shows in the queue.
    serves: () => (port === 0 ? Promise.resolve(true) : isReady(url)),
  });
}

async function readiness(url: string): Promise<{ status: number; text: string }> {
  try {
    const response = await fetch(`${url}/ready`);
    return { status: response.status, text: await response.text() };
  } catch {
    return { status: 0, text: '' };
  }
}

const answersQuestions = ({ status }: { status: number }) => status === 200;

/** An API process that runs before the first worker has read nothing yet, and serves all the same. */
async function isReady(url: string): Promise<boolean> {
  const ready = await readiness(url);
  return answersQuestions(ready) || ready.text.includes('"ingesting"');
}

async function libraryRead(url: string): Promise<void> {
  const deadline = Date.now() + LIBRARY_MS;
  for (;;) {
    const ready = await readiness(url);
    if (answersQuestions(ready) && ready.text.includes('"complete"')) return;
    if (Date.now() > deadline) throw new Error(`the library was not read in: ${ready.text}`);
    await sleep(200);
  }
}
