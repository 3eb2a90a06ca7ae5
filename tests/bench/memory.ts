import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** Resident bytes. */
export interface Memory {
  server: number;
  chroma: number;
}

export const IDLE_MS = 10_000;

/** After a while of nothing to do; undefined where the system has no /proc. */
export async function memoryAtRest(pid: number, signal: AbortSignal): Promise<Memory | undefined> {
  if (process.platform !== 'linux') return undefined;
  await sleep(IDLE_MS, undefined, { signal });
  const chroma = childrenOf(pid).find(({ command }) => command.includes('--path\0'));
  if (!chroma) throw new Error('no Chroma among the children of the program');
  return { server: residentBytes(pid), chroma: residentBytes(chroma.pid) };
}

/** Empty where the system has no /proc. */
export function childrenOf(parent: number): { pid: number; command: string }[] {
  if (process.platform !== 'linux') return [];
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map((name) => ({ pid: Number(name), command: procFile(name, 'cmdline') }));
}

function parentOf(pid: string): number {
  // The name in brackets before it may hold anything.
  return Number(
    procFile(pid, 'stat')
      .replace(/^.*\) \S /s, '')
      .split(' ')[0],
  );
}

function residentBytes(pid: number): number {
  const [, kibibytes] = /^VmRSS:\s+(\d+) kB$/m.exec(procFile(String(pid), 'status')) ?? [];
  if (kibibytes === undefined) throw new Error(`process ${pid} has ended`);
  return Number(kibibytes) * 1024;
}

/** Empty when the process has ended meanwhile. */
function procFile(pid: string, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8');
  } catch {
    return '';
  }
}
