import { resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Logger } from '../../logger.ts';
import { type DataFolderLock, lockDataFolder } from '../data-folder-lock.ts';
import { prepareDataFolder } from './chroma-data-folder.ts';
import {
  type ChromaOpening,
  type OpenedChroma,
  openChroma,
  reopenEmpty,
} from './chroma-opening.ts';
import { type ChromaExit, type ChromaProcess, CRASHES } from './chroma-process.ts';

export interface ChromaAddress {
  host: string;
  port: number;
  ssl: boolean;
}

/** The vector database that comes with the program, a child process kept running until `close`. */
export interface ChromaServer {
  /** Where it answers now; another port after a restart, undefined while there is none. */
  address(): ChromaAddress | undefined;
  alive(): boolean;
  /** The child's, for the log and for metrics. */
  pid(): number | undefined;
  /** True when damaged data were moved aside since the start: the vectors are gone. */
  recreated(): boolean;
  /** Stops the child and waits until it is gone. */
  close(): Promise<void>;
}

export interface ChromaServerOptions {
  dataDir: string;
  logger: Logger;
  /** Called when the data had to be set aside while running, not at the start. */
  onRecreated?: () => void;
  firstBackoffMs?: number;
  lastBackoffMs?: number;
  startDeadlineMs?: number;
  checkDeadlineMs?: number;
}

/** A child that lived this long starts with a clean slate. */
const SETTLED_MS = 60_000;
/** A child that crashes this often on the same data, however well it starts, is fed garbage. */
const CRASHES_TO_GIVE_UP = 3;

/** Rejects when the folder cannot be written, is in use, or Chroma does not even serve an empty one. */
export async function startChromaServer(options: ChromaServerOptions): Promise<ChromaServer> {
  const dataDir = resolve(options.dataDir);
  const closing = new AbortController();
  const opening: ChromaOpening = {
    dataDir,
    logger: options.logger,
    startDeadlineMs: options.startDeadlineMs ?? 60_000,
    checkDeadlineMs: options.checkDeadlineMs ?? 20_000,
    signal: closing.signal,
  };
  await prepareDataFolder(dataDir);
  const lock = await lockDataFolder(dataDir);
  try {
    const supervisor = new ChromaSupervisor(options, opening, lock);
    await supervisor.start();
    const ended = supervisor.keepRunning();
    let closed: Promise<void> | undefined;
    return {
      address: () => supervisor.address(),
      alive: () => supervisor.address() !== undefined,
      pid: () => supervisor.pid(),
      recreated: () => supervisor.recreated,
      close() {
        closed ??= supervisor.stop(closing, ended).finally(() => lock.release());
        return closed;
      },
    };
  } catch (error) {
    await lock.release();
    throw error;
  }
}

class ChromaSupervisor {
  recreated = false;
  private readonly options: ChromaServerOptions;
  private readonly opening: ChromaOpening;
  private readonly lock: DataFolderLock;
  private current: ChromaProcess | undefined;
  private lastPort: number | undefined;
  private failures = 0;
  private crashes = 0;

  constructor(options: ChromaServerOptions, opening: ChromaOpening, lock: DataFolderLock) {
    this.options = options;
    this.opening = opening;
    this.lock = lock;
  }

  address(): ChromaAddress | undefined {
    return this.current && { host: '127.0.0.1', port: this.current.port, ssl: false };
  }

  pid(): number | undefined {
    return this.current?.pid;
  }

  async start(): Promise<void> {
    await this.take(await openChroma(this.opening, this.lastPort));
  }

  /** Resolves when told to close; never rejects. */
  async keepRunning(): Promise<void> {
    let startedAt = Date.now();
    while (this.current) {
      const exit = await this.current.exited;
      this.current = undefined;
      if (this.opening.signal.aborted) return;
      this.judge(exit, Date.now() - startedAt);
      await this.restart(exit);
      startedAt = Date.now();
    }
  }

  async stop(closing: AbortController, ended: Promise<void>): Promise<void> {
    closing.abort();
    await this.current?.stop();
    await ended;
  }

  private judge(exit: ChromaExit, livedMs: number): void {
    const settled = livedMs >= SETTLED_MS;
    this.failures = settled ? 0 : this.failures;
    this.crashes = (settled ? 0 : this.crashes) + (CRASHES.has(exit.signal) ? 1 : 0);
    this.opening.logger.warn({ ...exit, livedMs }, 'Chroma ended by itself and is started again');
  }

  private async restart({ lastWords }: ChromaExit): Promise<void> {
    const { signal, logger } = this.opening;
    while (!this.current && !signal.aborted) {
      await this.backOff();
      if (signal.aborted) return;
      try {
        await (this.crashes < CRASHES_TO_GIVE_UP
          ? this.start()
          : this.startEmpty(new Error(`it crashed ${this.crashes} times: ${lastWords}`)));
        logger.info({ pid: this.pid(), ...this.address() }, 'Chroma is back');
      } catch (error) {
        if (!signal.aborted) logger.error({ err: error }, 'Chroma could not be started again');
      }
    }
  }

  private async startEmpty(reason: Error): Promise<void> {
    await this.take({ process: await reopenEmpty(this.opening, reason), recreated: true });
  }

  private async take({ process, recreated }: OpenedChroma): Promise<void> {
    try {
      await this.lock.noteChild({ pid: process.pid, port: process.port });
      this.opening.signal.throwIfAborted();
    } catch (error) {
      await process.stop();
      throw error;
    }
    const restarted = this.lastPort !== undefined;
    this.current = process;
    this.lastPort = process.port;
    if (!recreated) return;
    this.recreated = true;
    this.crashes = 0;
    if (restarted) this.options.onRecreated?.();
  }

  private async backOff(): Promise<void> {
    const { firstBackoffMs = 200, lastBackoffMs = 15_000 } = this.options;
    const pause = Math.min(firstBackoffMs * 2 ** this.failures, lastBackoffMs);
    this.failures += 1;
    await sleep(pause, undefined, { signal: this.opening.signal }).catch(() => undefined);
  }
}
