import { askAsGuest } from './asking.ts';
import { libraryTotals, measureSearch } from './library.ts';
import { type Memory, memoryAtRest } from './memory.ts';
import type { RunningProgram } from './running-program.ts';

const FIRST_ANSWER_MS = 90_000;
const QUESTION = '「学而不思则罔」是什么意思？';
const WORDS = '学而不思则罔';

export interface FirstStart {
  listeningMs: number;
  citedMs: number;
  /** Questions asked until the answer cited. */
  asked: number;
  libraryMs: number;
  memory: Memory | undefined;
}

export async function firstStart(
  program: RunningProgram,
  signal: AbortSignal,
): Promise<FirstStart> {
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
    const answer = await askAsGuest(program.url, QUESTION, signal);
    const citedMs = program.elapsed();
    if (answer.cited && answer.sources.some((text) => text.includes(WORDS))) {
      return { asked, citedMs };
    }
    if (citedMs > FIRST_ANSWER_MS) {
      throw new Error(
        `no answer to ${QUESTION} cited 「${WORDS}」 within ${FIRST_ANSWER_MS / 1_000} s; the last one of ${asked}:\n${answer.content}`,
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

export async function secondStart(
  program: RunningProgram,
  signal: AbortSignal,
): Promise<SecondStart> {
  const readyMs = await program.answering();
  const memory = await memoryAtRest(program.pid, signal);
  const library = await libraryTotals(program.url, signal);
  const search = await measureSearch(program.url, signal);
  return { readyMs, memory, library, search };
}
