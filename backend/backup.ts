import { runBackup } from './backup/run-backup.ts';

const interrupted = new AbortController();
process.once('SIGINT', () => interrupted.abort()).once('SIGTERM', () => interrupted.abort());
process.exitCode = await runBackup(process.argv.slice(2), {
  environment: process.env,
  say: (line) => void process.stdout.write(`${line}\n`),
  signal: interrupted.signal,
});
