import { type ChildProcessByStdio, spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import type { Readable, Writable } from 'node:stream';
import { pathToFileURL } from 'node:url';

export type ChromaChild = ChildProcessByStdio<Writable, Readable, Readable>;

/**
 * Chroma's command line blocks the main thread of the child for good, so a worker watches stdin: it
 * ends when the parent is gone, however the parent went, and then the child ends itself.
 */
const WATCH_PARENT = `
const die = () => process.kill(process.pid, 'SIGKILL');
try {
  const { Socket } = require('node:net');
  new Socket({ fd: 0 }).on('end', die).on('error', die).on('close', die).resume();
} catch {
  die();
}`;

/** Inline, because it must run without a transpiler from the sources as well as from dist. */
const LAUNCH = `
const { Worker } = require('node:worker_threads');
new Worker(${JSON.stringify(WATCH_PARENT)}, { eval: true, execArgv: [] });
import(process.argv[1]).then(() => process.exit());`;

/**
 * Starts the server that ships with the `chromadb` package. The child is the leader of its own
 * session: Ctrl-C in the terminal reaches the parent only, which closes it after draining. Its
 * environment is empty but for what it needs, so nothing in ours can point it elsewhere.
 */
export function launchChroma({ dataDir, port }: { dataDir: string; port: number }): ChromaChild {
  const chromadb = createRequire(import.meta.url).resolve('chromadb');
  const commandLine = new URL('../cli.mjs', pathToFileURL(chromadb)).href;
  const run = ['run', '--path', dataDir, '--host', '127.0.0.1', '--port', String(port)];
  return spawn(process.execPath, ['-e', LAUNCH, '--', commandLine, ...run], {
    cwd: dataDir,
    detached: true,
    stdio: ['pipe', 'pipe', 'pipe'],
    env: { HOME: dataDir, ANONYMIZED_TELEMETRY: 'False' },
  });
}
