import { readFileSync } from 'node:fs';

/** False for a zombie as well: it has ended, and only waits for init to take note. */
export function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
  } catch {
    return false;
  }
  try {
    return !readFileSync(`/proc/${pid}/stat`, 'latin1').includes(') Z ');
  } catch {
    return process.platform !== 'linux';
  }
}
