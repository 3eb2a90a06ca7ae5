import { createInterface } from 'node:readline';
import { stripVTControlCharacters } from 'node:util';
import type { Logger } from '../../logger.ts';
import { inTime } from '../in-time.ts';
import { type ChromaChild, launchChroma } from './chroma-launcher.ts';
import { checkCollections, DamagedCollectionError, waitForHeartbeat } from './chroma-probe.ts';

export interface ChromaExit {
  code: number | null;
  signal: NodeJS.Signals | null;
  /** What it printed last. */
  lastWords: string;
}

/** One running child that has answered; it is not started again. */
export interface ChromaProcess {
  readonly pid: number;
  readonly port: number;
  readonly exited: Promise<ChromaExit>;
  stop(): Promise<void>;
}

/** `data_damaged`: what is in the folder cannot be served; the other reasons leave it alone. */
export type ChromaStartFailure = 'port_taken' | 'data_damaged' | 'refused' | 'aborted';

export class ChromaStartError extends Error {
  readonly failure: ChromaStartFailure;

  constructor(failure: ChromaStartFailure, message: string, cause?: unknown) {
    super(message, { cause });
    this.name = 'ChromaStartError';
    this.failure = failure;
  }
}

export interface ChromaProcessOptions {
  dataDir: string;
  port: number;
  logger: Logger;
  startDeadlineMs: number;
  /** For the look into the indexes that follows. */
  checkDeadlineMs: number;
  signal: AbortSignal;
}

const GRACE_MS = 2_000;
/** How a process ends that runs into garbage; SIGKILL and SIGTERM come from outside. */
export const CRASHES: ReadonlySet<string | null> = new Set([
  'SIGABRT',
  'SIGSEGV',
  'SIGBUS',
  'SIGILL',
  'SIGFPE',
]);
/** Faults of the machine or of its owner, which a fresh folder would meet as well. */
const NOT_THE_DATA =
  /readonly database|disk is full|unable to open database|disk I\/O error|database is locked|No space left|Too many open files|Permission denied/i;

/** Resolves when the child serves every collection of `dataDir` on `port`. */
export async function startChromaProcess(options: ChromaProcessOptions): Promise<ChromaProcess> {
  const { port, logger, startDeadlineMs, checkDeadlineMs } = options;
  const child = launchChroma(options);
  const exited = watchExit(child, logger);
  const failed = new AbortController();
  void exited.then(() => failed.abort(new Error('the child ended')));
  const limit = AbortSignal.any([failed.signal, options.signal]);
  const url = `http://127.0.0.1:${port}`;
  try {
    await abortWhenLate(startDeadlineMs, failed, waitForHeartbeat(url, limit));
    await abortWhenLate(checkDeadlineMs, failed, checkCollections(url, limit));
    // A Chroma of somebody else may have answered on a port that our child failed to get.
    limit.throwIfAborted();
  } catch (error) {
    const reason = limit.aborted ? limit.reason : error;
    child.kill('SIGKILL');
    throw explain(reason, await exited, options.signal.aborted);
  }
  return { pid: child.pid ?? 0, port, exited, stop: () => stopChild(child, exited) };
}

async function abortWhenLate(
  ms: number,
  failed: AbortController,
  work: Promise<void>,
): Promise<void> {
  const late = new DamagedCollectionError(`no answer within ${ms} ms`);
  const timer = setTimeout(() => failed.abort(late), ms);
  await work.finally(() => clearTimeout(timer));
}

function watchExit(child: ChromaChild, logger: Logger): Promise<ChromaExit> {
  const lines: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on('line', (raw) => {
      const line = stripVTControlCharacters(raw).trim();
      if (/^[(#\s]*$/.test(line)) return;
      logger.debug({ chroma: line }, 'Chroma says');
      lines.push(line);
      if (lines.length > 6) lines.shift();
    });
  }
  child.stdin.on('error', () => undefined);
  return new Promise((resolve) => {
    child.once('error', (error) => lines.push(error.message));
    child.once('close', (code, signal) => {
      resolve({ code, signal, lastWords: lines.join(' · ') });
    });
  });
}

function explain(
  error: unknown,
  { code, signal, lastWords }: ChromaExit,
  closing: boolean,
): ChromaStartError {
  if (closing) return new ChromaStartError('aborted', 'Chroma was told to close');
  if (/is not available/.test(lastWords)) {
    return new ChromaStartError('port_taken', lastWords, error);
  }
  const reason = error instanceof Error ? error.message : String(error);
  const message = `Chroma does not serve its data: ${reason}; it ended with ${
    signal ?? code
  }, saying: ${lastWords}`;
  const damaged = CRASHES.has(signal) || error instanceof DamagedCollectionError;
  const failure = damaged && !NOT_THE_DATA.test(message) ? 'data_damaged' : 'refused';
  return new ChromaStartError(failure, message, error);
}

/** Chroma finishes the requests under way on SIGINT; what it has acknowledged is safe in any case. */
async function stopChild(child: ChromaChild, exited: Promise<ChromaExit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return void (await exited);
  child.kill('SIGINT');
  await inTime(GRACE_MS, exited, () => child.kill('SIGKILL'));
  await exited;
}
