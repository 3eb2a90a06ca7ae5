import type { Suite, SuiteLine } from './retrieval-suite.ts';
import type { System } from './retrieval-systems.ts';
import { hanOf } from './retrieval-texts.ts';

export interface Answered {
  kind: string;
  /** Of the first right result, from 0; infinite where there is none among those shown. */
  rank: number;
  milliseconds: number;
}

export interface Asked {
  system: System;
  answered: Answered[];
}

/** Not counted: caches fill, code is compiled. */
const WARM_UP = 5;

/**
 * Every question to every system in turns, each time beginning with another one, so that what else the
 * machine does and what the database has in its caches hits all alike.
 */
export async function askAll({ lines }: Suite, systems: readonly System[]): Promise<Asked[]> {
  const asked = systems.map((system): Asked => ({ system, answered: [] }));
  for (const { query } of lines.slice(0, WARM_UP)) {
    for (const { search } of systems) await search(query);
  }
  for (const [turn, line] of lines.entries()) {
    for (let n = 0; n < asked.length; n += 1) {
      const next = asked[(turn + n) % asked.length];
      if (next && !(line.fromReadings && next.system.readings)) {
        next.answered.push(await ask(line, next.system));
      }
    }
  }
  return asked;
}

async function ask(line: SuiteLine, { search }: System): Promise<Answered> {
  const began = performance.now();
  const results = await search(line.query);
  const milliseconds = performance.now() - began;
  const at = results.findIndex((result) => line.isRight(result, hanOf(result.text)));
  return { kind: line.kind, rank: at < 0 ? Number.POSITIVE_INFINITY : at, milliseconds };
}
