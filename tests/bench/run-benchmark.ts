import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { askAsGuest } from './asking.ts';
import { measureFirstDelta, startDelayedModel } from './first-delta.ts';
import { libraryTotals, measureSearch } from './library.ts';
import { type Memory, memoryAtRest } from './memory.ts';
import { type Measured, machineLine, table } from './report.ts';
import { type RunningProgram, startProgram } from './running-program.ts';

const DEADLINE_MS = 8 * 60_000;
const FIRST_ANSWER_MS = 90_000;
const FIRST_QUESTION = '「学而不思则罔」是什么意思？';
const FIRST_WORDS = '学而不思则罔';

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
  console.error('— third start, answers with the stand-in model');
  const model = await startDelayedModel();
  try {
    const delta = await place.during(
      'time to the first delta',
      async (program) => {
        await program.answering();
        return measureFirstDelta(program.url, model, place.signal);
      },
      model.environment,
    );
    return { first, second, delta };
  } finally {
    await model.standIn.close();
  }
}

export interface FirstStart {
  listeningMs: number;
  citedMs: number;
  /** Questions asked until the answer cited. */
  asked: number;
  libraryMs: number;
  memory: Memory | undefined;
}

async function firstStart(program: RunningProgram, signal: AbortSignal): Promise<FirstStart> {
  // Both are waited for together: the first answer may come before the last work is in.
  const library = program.libraryRead();
  library.catch(() => undefined);
  const listeningMs = await program.listening();
  const { asked, citedMs } = await firstCitedAnswer(program, signal);
  const libraryMs = await library;
  return {
    listeningMs,
    citedMs,
    asked,
    libraryMs,
    memory: await memoryAtRest(program.pid, signal),
  };
}

async function firstCitedAnswer(program: RunningProgram, signal: AbortSignal) {
  for (let asked = 1; ; asked += 1) {
    const answer = await askAsGuest(program.url, FIRST_QUESTION, signal);
    const citedMs = program.elapsed();
    if (answer.cited && answer.sources.some((text) => text.includes(FIRST_WORDS))) {
      return { asked, citedMs };
    }
    if (citedMs > FIRST_ANSWER_MS) {
      throw new Error(
        `no answer to ${FIRST_QUESTION} cited 「${FIRST_WORDS}」 within ${FIRST_ANSWER_MS / 1_000} s; the last one of ${asked}:\n${answer.content}`,
      );
    }
  }
}

export interface SecondStart {
  readyMs: number;
  memory: Memory | undefined;
  library: Awaited<ReturnType<typeof libraryTotals>>;
  search: Awaited<ReturnType<typeof measureSearch>>;
}

async function secondStart(program: RunningProgram, signal: AbortSignal): Promise<SecondStart> {
  const readyMs = await program.answering();
  const memory = await memoryAtRest(program.pid, signal);
  const library = await libraryTotals(program.url, signal);
  const search = await measureSearch(program.url, signal);
  return { readyMs, memory, library, search };
}
