import { readConfig } from '../config.ts';
import { createLogger } from '../logger.ts';
import { DataFolderInUse } from '../platform/data-folder-lock.ts';
import { BackupError } from './backup-error.ts';

/** Where a command finds its settings and says what it does. */
export interface Terminal {
  environment: Record<string, string | undefined>;
  say(line: string): void;
  /** Aborts on Ctrl-C. */
  signal: AbortSignal;
}

/** The command line asks for something that there is not. */
export class UsageError extends Error {}

const FAILED = 1;
const MISUSED = 2;
const INTERRUPTED = 130;

/** Runs a command in plain words; returns the exit code. */
export async function inPlainWords(
  { say, signal }: Terminal,
  work: () => Promise<void>,
): Promise<number> {
  try {
    await work();
    return 0;
  } catch (error) {
    if (signal.aborted) {
      say('已中断，什么都没有改动。');
      return INTERRUPTED;
    }
    say(sentenceOf(error));
    return error instanceof UsageError ? MISUSED : FAILED;
  }
}

function sentenceOf(error: unknown): string {
  if (error instanceof UsageError || error instanceof BackupError) return error.message;
  if (error instanceof DataFolderInUse) {
    return `服务正在使用 ${error.folder}（进程 ${error.pid}）。内置数据库同时只能有一个进程打开，请先停下服务。`;
  }
  return `出了错，什么都没有改动：${error instanceof Error ? error.message : String(error)}`;
}

export function settingsOf({ environment }: Terminal) {
  const config = readConfig(environment);
  return { config, logger: createLogger('warn') };
}

const UNITS = ['字节', 'KiB', 'MiB', 'GiB', 'TiB'];

export function sizeInWords(bytes: number): string {
  const power = Math.min(UNITS.length - 1, Math.floor(Math.log2(Math.max(bytes, 1)) / 10));
  const value = bytes / 2 ** (10 * power);
  return `${power === 0 ? value : value.toFixed(1)} ${UNITS[power]}`;
}
