import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';

/** Modules of finished files stay in a worker's memory; past this it is replaced before it gets slow. */
const WORKER_MEMORY = '1GB';
/** How long after its last test jest may take to end by itself. */
const GRACE_MS = 10_000;
const LEFT_OPEN = /did not exit one second after/;
const WORKER_KILLED = /failed to exit gracefully/;

/**
 * Runs jest on some projects. That it does not end by itself is a failure: something a test opened is
 * still open. That it killed a worker is only said: it gives them half a second, which a busy machine
 * may well need for a large heap.
 */
export async function runJest({ root, projects, workers, resultFile, args }) {
  const jest = spawn(
    process.execPath,
    [
      '--experimental-vm-modules',
      '--disable-warning=ExperimentalWarning',
      '--report-on-signal',
      `--report-directory=${path.dirname(resultFile)}`,
      '--report-filename=open-handles.json',
      'node_modules/jest/bin/jest.js',
      ...['--selectProjects', ...projects],
      ...[`--maxWorkers=${workers}`, `--workerIdleMemoryLimit=${WORKER_MEMORY}`],
      ...['--passWithNoTests', '--json', `--outputFile=${resultFile}`],
      ...args,
    ],
    { cwd: root, stdio: ['ignore', 'ignore', 'pipe'], env: withColours(process.env) },
  );
  let leftOpen = false;
  let workerKilled = false;
  jest.stderr.on('data', (text) => {
    leftOpen ||= LEFT_OPEN.test(text);
    workerKilled ||= WORKER_KILLED.test(text);
    process.stderr.write(text);
  });
  const { exitCode, hung } = await ended(jest, resultFile);
  if (hung) printOpenHandles(path.join(path.dirname(resultFile), 'open-handles.json'));
  return { projects, exitCode, resultFile, leftOpen: leftOpen || hung, workerKilled };
}

function withColours(environment) {
  return process.stderr.isTTY ? { FORCE_COLOR: '1', ...environment } : environment;
}

function ended(jest, resultFile) {
  return new Promise((resolve) => {
    let hung = false;
    let resultsSince;
    const watch = setInterval(() => {
      resultsSince ??= existsSync(resultFile) ? Date.now() : undefined;
      if (resultsSince === undefined || Date.now() - resultsSince < GRACE_MS) return;
      clearInterval(watch);
      hung = true;
      jest.kill('SIGUSR2');
      setTimeout(() => jest.kill('SIGKILL'), 1_000);
    }, 500);
    jest.once('close', (exitCode) => {
      clearInterval(watch);
      resolve({ exitCode: exitCode ?? 1, hung });
    });
  });
}

function printOpenHandles(file) {
  if (!existsSync(file)) return;
  const { libuv } = JSON.parse(readFileSync(file, 'utf8'));
  const open = libuv.filter((handle) => handle.is_active && handle.is_referenced);
  console.error('Still open in jest:');
  for (const { type, localEndpoint, remoteEndpoint, pid } of open) {
    console.error(`  ${JSON.stringify({ type, pid, localEndpoint, remoteEndpoint })}`);
  }
}
