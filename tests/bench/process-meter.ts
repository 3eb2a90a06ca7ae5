import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

export interface Reading {
  cpuMs: number;
  /** Of the highest reading above the first one; bytes. */
  memory: number;
}

const SAMPLE_MS = 50;

const ticksPerSecond = () => Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }));

function cpuTicks(pid: number): number {
  // The name in brackets may hold anything; user and system time are the 12th and 13th field after.
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return Number(fields[11]) + Number(fields[12]);
}

function residentBytes(pid: number): number {
  const [, kibibytes] =
    /^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? [];
  return Number(kibibytes) * 1024;
}

/** Of all its threads, since it began. */
export function cpuSeconds(pid: number): number {
  return cpuTicks(pid) / ticksPerSecond();
}

/** What a process uses during some work; needs /proc. */
export async function metered<Result>(
  pid: number,
  work: () => Promise<Result>,
): Promise<{ result: Result; reading: Reading }> {
  const [ticks, before] = [cpuTicks(pid), residentBytes(pid)];
  let highest = before;
  const sample = setInterval(() => {
    highest = Math.max(highest, residentBytes(pid));
  }, SAMPLE_MS);
  try {
    const result = await work();
    const cpuMs = ((cpuTicks(pid) - ticks) / ticksPerSecond()) * 1_000;
    return { result, reading: { cpuMs, memory: highest - before } };
  } finally {
    clearInterval(sample);
  }
}
