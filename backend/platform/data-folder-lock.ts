import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { readFile, rename, rm, writeFile } from 'node:fs/promises';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What the lock file says. The holder answers on `port` with `token` for as long as it lives. */
interface LockNote {
  pid: number;
  port: number;
  token: string;
  child?: { pid: number; port: number };
}

/** One process on a data folder: the file `<folder>.lock` names the process that runs it. */
export interface DataFolderLock {
  /** Notes which child writes the folder; rejects when somebody else has taken the lock meanwhile. */
  noteChild(child: { pid: number; port: number }): Promise<void>;
  release(): Promise<void>;
}

/** Another process works on the folder. */
export class DataFolderInUse extends Error {
  override name = 'DataFolderInUse';
  readonly folder: string;
  readonly pid: number;

  constructor(folder: string, pid: number) {
    super(`the data folder ${folder} is in use by process ${pid}`);
    this.folder = folder;
    this.pid = pid;
  }
}

const SILENCE_MS = 1_000;
const LEFTOVER_MS = 3_000;
const ATTEMPTS = 5;

/**
 * A note left by a crash binds nobody: a pid alone may meanwhile be another process, in a container
 * even our own, so the holder is asked over a socket, which closes with it.
 */
export async function lockDataFolder(dataDir: string): Promise<DataFolderLock> {
  const file = `${dataDir}.lock`;
  const token = randomUUID();
  const beacon = await openBeacon(token);
  const note: LockNote = {
    pid: process.pid,
    port: (beacon.address() as AddressInfo).port,
    token,
  };
  try {
    await writeFirst(file, note, dataDir);
  } catch (error) {
    beacon.close();
    throw error;
  }
  return {
    async noteChild(child) {
      if ((await readNote(file))?.token !== token) {
        throw new Error(`another process has taken the data folder ${dataDir}`);
      }
      await writeFile(`${file}.${token}`, JSON.stringify({ ...note, child }));
      await rename(`${file}.${token}`, file);
    },
    async release() {
      beacon.close();
      if ((await readNote(file))?.token === token) await rm(file, { force: true });
    },
  };
}

async function openBeacon(token: string): Promise<Server> {
  const beacon = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.end(token);
  });
  beacon.listen(0, '127.0.0.1');
  await once(beacon, 'listening');
  return beacon.unref();
}

async function writeFirst(file: string, note: LockNote, dataDir: string): Promise<void> {
  for (let attempt = 1; attempt <= ATTEMPTS; attempt += 1) {
    try {
      return await writeFile(file, JSON.stringify(note), { flag: 'wx' });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    }
    const found = await readNote(file);
    // Half a note: its writer is at it, or died in the middle.
    if (!found && attempt < ATTEMPTS - 1) await sleep(50);
    else if (found && (await isHeld(found))) throw new DataFolderInUse(dataDir, found.pid);
    else {
      if (found?.child) await leftoverGone(found.child, dataDir);
      await rm(file, { force: true });
    }
  }
  throw new Error(`cannot lock the data folder ${dataDir}: ${file} keeps coming back`);
}

async function readNote(file: string): Promise<LockNote | undefined> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

async function isHeld({ pid, port, token }: LockNote): Promise<boolean> {
  const answer = await listenTo(port);
  return answer === 'silent' ? isAlive(pid) : answer === token;
}

/** The child of a crashed process ends itself at once; a moment is all it needs. */
async function leftoverGone(child: { pid: number; port: number }, dataDir: string): Promise<void> {
  const deadline = Date.now() + LEFTOVER_MS;
  while (isAlive(child.pid) && (await listenTo(child.port)) !== 'refused') {
    if (Date.now() > deadline) throw new DataFolderInUse(dataDir, child.pid);
    await sleep(50);
  }
}

/** What the far side says of its own accord. */
async function listenTo(port: number): Promise<string> {
  const socket = connect(port, '127.0.0.1').setEncoding('utf8').setTimeout(SILENCE_MS);
  return new Promise<string>((resolve) => {
    let heard = '';
    socket.on('data', (piece) => {
      heard += piece;
    });
    socket.on('end', () => resolve(heard));
    socket.on('error', () => resolve('refused'));
    socket.on('timeout', () => resolve('silent'));
  }).finally(() => socket.destroy());
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
