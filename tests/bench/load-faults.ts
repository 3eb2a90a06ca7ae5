import { setTimeout as sleep } from 'node:timers/promises';
import type { Part } from './load-parts.ts';

/** What was done to a part, on the clock of `performance.now()`. */
export interface Fault {
  name: string;
  killedAt: number;
  /** Started again: the order was given. */
  startedAt: number;
  /** It serves by its own account. */
  servesAt: number;
  /** What happens until here is counted with this fault. */
  until: number;
}

const DOWN_MS = 10_000;
const AFTERWARDS_MS = 30_000;
const NAMES = ['PostgreSQL', 'Redis', 'Chroma', 'worker 1', 'API 1'];

/** Kills one part after the other, each time until everything had time to come to rest. */
export async function breakEach(parts: readonly Part[]): Promise<Fault[]> {
  const faults: Fault[] = [];
  for (const name of NAMES) {
    const part = parts.find((each) => each.name === name);
    if (!part) throw new Error(`no ${name}`);
    console.error(`— ${name} is killed`);
    const killedAt = performance.now();
    await part.kill();
    await sleep(DOWN_MS);
    const startedAt = performance.now();
    await part.start();
    const servesAt = performance.now();
    await sleep(AFTERWARDS_MS);
    faults.push({ name, killedAt, startedAt, servesAt, until: performance.now() });
  }
  return faults;
}
