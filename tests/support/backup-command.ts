import { runBackup } from '../../backend/backup/run-backup.ts';
import { runRestore } from '../../backend/backup/run-restore.ts';

export interface Said {
  code: number;
  /** All it said, a line each. */
  text: string;
}

type Environment = Record<string, string>;
type Command = typeof runBackup;

async function run(command: Command, args: string[], environment: Environment): Promise<Said> {
  const lines: string[] = [];
  const say = (line: string) => void lines.push(line);
  const code = await command(args, { environment, say, signal: new AbortController().signal });
  return { code, text: lines.join('\n') };
}

/** `npm run backup` and `npm run restore`, in this process. */
export const backup = (environment: Environment, ...args: string[]) =>
  run(runBackup, args, environment);
export const restore = (environment: Environment, ...args: string[]) =>
  run(runRestore, args, environment);
