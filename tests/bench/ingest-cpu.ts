import { readdirSync, readFileSync } from 'node:fs';
import { cpuSeconds } from './process-meter.ts';

/** Seconds of processor time by who used them: on a shared machine they say more than the clock does. */
export type CpuTimes = Record<string, number>;

export interface CpuMeter {
  /** Since the last call. */
  lap(): CpuTimes;
}

/** Of some processes and of those by which PostgreSQL serves a database; all must live until the end. */
export function createCpuMeter(
  pids: Record<string, number | undefined>,
  database?: string,
): CpuMeter {
  const before = new Map<number, number>();
  const spentBy = (pid: number) => {
    const now = cpuSeconds(pid);
    const spent = now - (before.get(pid) ?? 0);
    before.set(pid, now);
    return spent;
  };
  return {
    lap() {
      const times: CpuTimes = {};
      for (const [name, pid] of Object.entries(pids)) if (pid) times[name] = spentBy(pid);
      if (database) {
        times.PostgreSQL = backendsOf(database).reduce((sum, pid) => sum + spentBy(pid), 0);
      }
      return times;
    },
  };
}

/** PostgreSQL names its processes after the database that they serve. */
function backendsOf(database: string): number[] {
  const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
  return pids.filter((pid) => commandOf(pid).includes(` ${database} `)).map(Number);
}

/** Empty when the process has ended meanwhile. */
function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8');
  } catch {
    return '';
  }
}
