import { type Mode, openSpace } from '../support/service-space.ts';
import { available } from '../support/services.ts';
import { metered } from './process-meter.ts';
import { machineLine } from './report.ts';
import { startProgram } from './running-program.ts';
import { startSideProcess } from './side-process.ts';
import { askAll, modelAt, programAt, type Source } from './stream-load.ts';
import { type Column, type Round, streamTable } from './stream-report.ts';
import { API_KEY, DELTA_DELAY_MS, DELTA_LENGTH, TEXT } from './stream-settings.ts';

/** How many answers at once, and how often, so that the small numbers are no accident either. */
const PLAN = new Map([
  [1, 10],
  [50, 2],
  [200, 1],
]);
const WARM_UPS = 10;
const DEADLINE_MS = 12 * 60_000;

/** Prints the table; resolves with the exit code. */
export async function runStreamBenchmark(): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const late = new Error(`the benchmark did not end within ${DEADLINE_MS / 60_000} minutes`);
  const deadline = setTimeout(() => stop.abort(late), DEADLINE_MS);
  const machine = machineLine();
  try {
    const columns = await measure(stop.signal);
    const pieces = Math.ceil([...TEXT].length / DELTA_LENGTH);
    const model = `stand-in model: ${pieces} pieces, one every ${DELTA_DELAY_MS} ms`;
    console.log(`\n${machine}\n${model}\n\n${streamTable(columns)}`);
    return 0;
  } catch (error) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    console.error(`\nbench:stream failed: ${reason instanceof Error ? reason.message : reason}`);
    return 1;
  } finally {
    clearTimeout(deadline);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
  }
}

async function measure(signal: AbortSignal): Promise<Column[]> {
  const model = await startSideProcess('stream-model.ts');
  try {
    const columns: Column[] = [];
    if (available.postgres && available.redis) {
      columns.push(await measureProgram('services', model.url, signal));
    } else {
      console.error('— no PostgreSQL or no Redis: the embedded mode alone');
    }
    columns.push(await measureProgram('embedded', model.url, signal));
    const proxy = await startSideProcess('stream-proxy.ts', [model.url]);
    try {
      columns.push(await measureSource('bare proxy', modelAt(proxy.url), proxy.pid, signal));
    } finally {
      await proxy.stop();
    }
    return columns;
  } finally {
    await model.stop();
  }
}

async function measureProgram(mode: Mode, modelUrl: string, signal: AbortSignal): Promise<Column> {
  const space = await openSpace(mode);
  try {
    const environment = {
      ...space.environment,
      ...{ DEEPSEEK_API_KEY: API_KEY, DEEPSEEK_BASE_URL: modelUrl, LOG_LEVEL: 'warn' },
    };
    const program = await startProgram(environment, signal);
    try {
      await program.libraryRead();
      const name = mode === 'services' ? 'on PostgreSQL and Redis' : 'embedded';
      return await measureSource(name, programAt(program.url), program.pid, signal);
    } finally {
      await program.stop();
    }
  } finally {
    await space.dispose();
  }
}

async function measureSource(
  name: string,
  source: Source,
  pid: number,
  signal: AbortSignal,
): Promise<Column> {
  await askAll(await source.prepare(WARM_UPS));
  const rounds = new Map<number, Round>();
  for (const [atOnce, times] of PLAN) {
    signal.throwIfAborted();
    console.error(`— ${name}: ${atOnce} at once`);
    rounds.set(atOnce, await measureRound(source, pid, { atOnce, times }));
  }
  return { name, rounds };
}

async function measureRound(
  source: Source,
  pid: number,
  { atOnce, times }: { atOnce: number; times: number },
): Promise<Round> {
  const round: Round = { heard: [], seconds: 0, reading: { cpuMs: 0, memory: 0 } };
  for (let time = 0; time < times; time += 1) {
    const calls = await source.prepare(atOnce);
    const startedAt = performance.now();
    const { result, reading } = await metered(pid, () => askAll(calls));
    round.seconds += (performance.now() - startedAt) / 1_000;
    round.heard.push(...result);
    round.reading.cpuMs += reading.cpuMs;
    round.reading.memory = Math.max(round.reading.memory, reading.memory);
  }
  return round;
}
