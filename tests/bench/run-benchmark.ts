import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { measureFirstDelta, startDelayedModel } from './first-delta.ts';
import { type Measured, machineLine, table } from './report.ts';
import { type RunningProgram, startProgram } from './running-program.ts';
import { firstStart, secondStart } from './starts.ts';

const DEADLINE_MS = 8 * 60_000;

/** Where the program keeps its data, and how it is started there and stopped again. */
interface Place {
  signal: AbortSignal;
  /** Starts the program on the data folder, hands it over, and stops it whatever happens. */
  during<Result>(
    what: string,
    work: (program: RunningProgram) => Promise<Result>,
    environment?: Record<string, string>,
  ): Promise<Result>;
}

/** Prints the table; resolves with the exit code. */
export async function runBenchmark(): Promise<number> {
  const stop = new AbortController();
  const interrupt = () => stop.abort(new Error('interrupted'));
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  const late = new Error(`the benchmark did not end within ${DEADLINE_MS / 60_000} minutes`);
  const deadline = setTimeout(() => stop.abort(late), DEADLINE_MS);
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-bench-'));
  // Before the work, which is itself a load.
  const machine = machineLine();
  try {
    const measured = await measure(placeIn(path.join(folder, 'data'), stop.signal));
    console.log(`\n${machine}\n\n${table(measured)}`);
    return 0;
  } catch (error) {
    const reason: unknown = stop.signal.aborted ? stop.signal.reason : error;
    console.error(`\nbench:answer failed: ${reason instanceof Error ? reason.message : reason}`);
    return 1;
  } finally {
    clearTimeout(deadline);
    process.off('SIGINT', interrupt).off('SIGTERM', interrupt);
    await rm(folder, { recursive: true, force: true });
  }
}

function placeIn(dataDir: string, signal: AbortSignal): Place {
  return {
    signal,
    async during(what, work, environment = {}) {
      console.error(`— ${what}`);
      const program = await startProgram({ DATA_DIR: dataDir, ...environment }, signal);
      try {
        return await work(program);
      } finally {
        await program.stop();
      }
    },
  };
}

async function measure(place: Place): Promise<Measured> {
  const first = await place.during('first start, empty data folder', (program) =>
    firstStart(program, place.signal),
  );
  const second = await place.during('second start, memory, search', (program) =>
    secondStart(program, place.signal),
  );
  const model = await startDelayedModel();
  try {
    const delta = await place.during(
      'third start, answers with the stand-in model',
      async (program) => {
        await program.answering();
        return measureFirstDelta(program.url, model, place.signal);
      },
      model.environment,
    );
    return { first, second, delta };
  } finally {
    await model.close();
  }
}
