import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { openSpace, type ServiceSpace } from '../support/service-space.ts';
import type { CacheCounts, CacheSettings, Variant } from './cache-counts.ts';
import { openLoad, type RequestKind } from './cache-load.ts';
import { type Figures, tableOf } from './cache-report.ts';
import { cpuSeconds } from './process-meter.ts';
import { machineLine } from './report.ts';

const HOOKS = new URL('../support/typescript-hooks.mjs', import.meta.url).href;
const REGISTER = `data:text/javascript,import { register } from 'node:module'; register('${HOOKS}');`;

const ROUNDS = 3;
const REQUESTS = 240;
const AT_ONCE = 8;
const LIBRARY_MS = 5 * 60_000;

const VARIANTS = [
  { name: 'none', near: false, far: false },
  { name: 'shared', near: false, far: true },
  { name: 'both', near: true, far: true },
] as const satisfies readonly { name: Variant; near: boolean; far: boolean }[];

interface ApiProcess {
  url: string;
  pid: number;
  tell(message: { settings?: CacheSettings }): Promise<CacheCounts>;
}

/** Prints the table; resolves with the exit code. */
export async function runCacheBenchmark(): Promise<number> {
  const machine = machineLine();
  const space = await openSpace('services');
  try {
    await readLibrary(space);
    const processes = [await startProcess(space), await startProcess(space)];
    const figures = await measure(processes);
    console.log(`\n${machine}\n\n${tableOf(figures)}`);
    return 0;
  } finally {
    await space.dispose();
  }
}

async function readLibrary(space: ServiceSpace): Promise<void> {
  const worker = await space.start({ CORPUS: 'default' }, { waitForLibrary: false });
  const deadline = Date.now() + LIBRARY_MS;
  const isComplete = async () =>
    (await worker.services.ingestion.progress()).state === 'complete' &&
    (await worker.services.ingestion.outstanding()).embed.length === 0;
  while (!(await isComplete())) {
    if (Date.now() > deadline) throw new Error('the library was not read in');
    await sleep(500);
  }
  await worker.stop();
}

async function startProcess(space: ServiceSpace): Promise<ApiProcess> {
  const script = new URL('cache-process.ts', import.meta.url).pathname;
  const settings = JSON.stringify({ ...space.environment, CORPUS: 'default', LOG_LEVEL: 'error' });
  const child = spawn(process.execPath, ['--import', REGISTER, script, settings], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  space.beforeDisposal(() => kill(child));
  const [{ url }] = await once(child, 'message');
  return {
    url,
    pid: child.pid ?? Number.NaN,
    async tell(message) {
      const answered = once(child, 'message');
      child.send(message);
      return (await answered)[0];
    },
  };
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

/** The variants take turns, so that whatever else the machine does meets them all. */
async function measure(processes: readonly ApiProcess[]): Promise<Figures> {
  const url = processes[0]?.url ?? '';
  const figures: Figures = new Map();
  let round = 0;
  for (let turn = 0; turn < ROUNDS; turn += 1) {
    for (const { name: variant, near, far } of VARIANTS) {
      // The same requests for each.
      const kinds = await openLoad(url, turn + 1);
      for (const kind of kinds) {
        round += 1;
        for (const each of processes) await each.tell({ settings: { round, near, far } });
        const measured = await load(processes, kind);
        const key = `${kind.name} ${variant}` as const;
        figures.set(key, [...(figures.get(key) ?? []), measured]);
        console.error(`— ${turn + 1}/${ROUNDS} ${key}`);
      }
    }
  }
  return figures;
}

async function load(processes: readonly ApiProcess[], kind: RequestKind) {
  const cpuBefore = cpuOf(processes);
  const asked = Array.from({ length: REQUESTS }, () => kind.next());
  const times: number[] = [];
  let at = 0;
  const client = async () => {
    for (let next = at++; next < asked.length; next = at++) {
      const { path, token } = asked[next] ?? { path: '' };
      const url = `${processes[next % processes.length]?.url}${path}`;
      const sentAt = performance.now();
      const response = await fetch(
        url,
        token ? { headers: { authorization: `Bearer ${token}` } } : {},
      );
      await response.arrayBuffer();
      if (response.status !== 200) throw new Error(`${response.status} from ${path}`);
      times.push(performance.now() - sentAt);
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, client));
  const counts: CacheCounts[] = [];
  for (const each of processes) counts.push(await each.tell({}));
  const cpuMs = ((cpuOf(processes) - cpuBefore) * 1_000) / REQUESTS;
  return { times, cpuMs, counts };
}

function cpuOf(processes: readonly ApiProcess[]): number {
  return processes.reduce((sum, { pid }) => sum + cpuSeconds(pid), 0);
}
