import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { jest } from '@jest/globals';
import { createPassageVectors, type PassageVectors } from '../../ai/rag/passage-vectors.ts';
import { createLogger } from '../../backend/logger.ts';
import {
  type ChromaServer,
  type ChromaServerOptions,
  startChromaServer,
} from '../../backend/platform/chroma/chroma-server.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/is-running.ts';
import { runTypeScript, type Script } from '../support/run-typescript.ts';

jest.setTimeout(60_000);

interface LogLine {
  level: number;
  msg: string;
  movedTo?: string;
  chroma?: string;
}

let folder: string;
let dataDir: string;
let log: LogLine[];
let servers: ChromaServer[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'chroma-server-'));
  dataDir = join(folder, 'chroma');
  log = [];
  servers = [];
});
afterEach(async () => {
  await Promise.all(servers.map((server) => server.close()));
  await rm(folder, { recursive: true, force: true });
});

async function start(options: Partial<ChromaServerOptions> = {}): Promise<ChromaServer> {
  const logger = createLogger('debug', { write: (line) => void log.push(JSON.parse(line)) });
  const server = await startChromaServer({
    dataDir,
    logger,
    firstBackoffMs: 20,
    checkDeadlineMs: 3_000,
    ...options,
  });
  servers.push(server);
  return server;
}

function vectorsOf(server: ChromaServer): PassageVectors {
  return createPassageVectors({
    address: () => server.address(),
    model: 'test',
    dimension: 8,
    retryAfterMs: 0,
  });
}

const items = Array.from({ length: 1_500 }, (_, index) => ({
  id: `passage-${index}`,
  vector: Array.from({ length: 8 }, (_component, axis) =>
    Math.sin((index + 1) * (axis + 1.3) ** 2),
  ),
  workId: 'lunyu',
}));

function pidOf(server: ChromaServer): number {
  const pid = server.pid();
  if (pid === undefined) throw new Error('Chroma is not running');
  return pid;
}

async function nearestTo(server: ChromaServer, index: number): Promise<string | undefined> {
  const [best] = await vectorsOf(server).query(items[index]?.vector ?? [], 1);
  return best?.id;
}

/** Fills a folder, stops the server and resolves to the files of the index. */
async function filledFolder(): Promise<string[]> {
  const server = await start();
  await vectorsOf(server).upsert(items);
  await server.close();
  const files = await readdir(dataDir, { recursive: true });
  return files.filter((file) => file.endsWith('.bin')).map((file) => join(dataDir, file));
}

async function foldersAside(): Promise<string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith('chroma.corrupt-'));
}

describe('a server that is started', () => {
  test('answers on a loopback port of its own, and leaves nothing behind when closed', async () => {
    const server = await start();
    const pid = pidOf(server);
    expect(server.alive()).toBe(true);
    expect(server.recreated()).toBe(false);
    expect(server.address()).toEqual({ host: '127.0.0.1', port: expect.any(Number), ssl: false });
    await vectorsOf(server).upsert(items);
    expect(await nearestTo(server, 7)).toBe('passage-7');
    await Promise.all([server.close(), server.close()]);
    expect(server.alive()).toBe(false);
    expect(isRunning(pid)).toBe(false);
    expect(await readdir(folder)).toEqual(['chroma']);
  });

  test('finds its data again after a restart of the program', async () => {
    await filledFolder();
    const server = await start();
    expect(server.recreated()).toBe(false);
    expect(await vectorsOf(server).count()).toBe(items.length);
    expect(await nearestTo(server, 1_234)).toBe('passage-1234');
  });

  test('takes monotonous data for what they are, not for damaged', async () => {
    const server = await start();
    const monotonous = items.map((item, index) => ({
      ...item,
      vector: index % 2 ? Array(8).fill(0) : Array(8).fill(1),
    }));
    await vectorsOf(server).upsert(monotonous);
    await server.close();
    expect((await start()).recreated()).toBe(false);
  });

  test('talks at debug level only, without its banner', async () => {
    await start();
    expect(log.filter(({ level }) => level > 20)).toEqual([]);
    expect(log.some(({ chroma }) => chroma?.includes(dataDir))).toBe(true);
    expect(log.some(({ chroma }) => chroma?.includes('((('))).toBe(false);
  });
});

describe('a child that dies', () => {
  test('is started again, and has lost nothing', async () => {
    const server = await start();
    const vectors = vectorsOf(server);
    await vectors.upsert(items);
    const first = pidOf(server);
    process.kill(first, 'SIGKILL');
    await eventually('another child serves', () => server.alive() && server.pid() !== first);
    expect(await vectors.count()).toBe(items.length);
    expect((await vectors.query(items[9]?.vector ?? [], 1))[0]?.id).toBe('passage-9');
    expect(server.recreated()).toBe(false);
    expect(log.map(({ msg }) => msg)).toContain('Chroma ended by itself and is started again');
  });

  test('comes back on another port when its own was taken meanwhile', async () => {
    const server = await start({ firstBackoffMs: 300 });
    const { port } = server.address() ?? {};
    process.kill(pidOf(server), 'SIGKILL');
    await eventually('the child is gone', () => !server.alive());
    const squatter = createServer().listen(port, '127.0.0.1');
    await once(squatter, 'listening');
    await eventually('it is back', () => server.alive(), 20_000);
    expect(server.address()?.port).not.toBe(port);
    squatter.close();
  });

  test('can be closed for good while it is away', async () => {
    const server = await start({ firstBackoffMs: 30_000 });
    process.kill(pidOf(server), 'SIGKILL');
    await eventually('the child is gone', () => !server.alive());
    await server.close();
    expect(server.alive()).toBe(false);
  });

  test('that crashes again and again is taken off its data', async () => {
    let told = 0;
    const server = await start({ onRecreated: () => void told++ });
    await vectorsOf(server).upsert(items);
    for (let crash = 1; crash <= 3; crash += 1) {
      const pid = pidOf(server);
      process.kill(pid, 'SIGABRT');
      await eventually('it is back', () => server.alive() && server.pid() !== pid, 20_000);
    }
    expect({ told, recreated: server.recreated() }).toEqual({ told: 1, recreated: true });
    expect(await vectorsOf(server).count()).toBe(0);
  });
});

describe('a folder that cannot be served', () => {
  async function expectFreshStart() {
    const server = await start();
    expect(server.recreated()).toBe(true);
    expect(await vectorsOf(server).count()).toBe(0);
    const [aside] = await foldersAside();
    const warning = log.find(({ level }) => level === 40);
    expect(warning?.msg).toMatch(/moved aside/);
    expect(warning?.movedTo).toBe(join(folder, aside ?? 'nothing'));
  }

  test('with a garbled database is moved aside, with a warning that says so', async () => {
    await filledFolder();
    await writeFile(join(dataDir, 'chroma.sqlite3'), 'these are not the classics'.repeat(999));
    await expectFreshStart();
  });

  test('with a truncated database as well', async () => {
    await filledFolder();
    await truncate(join(dataDir, 'chroma.sqlite3'), 20_000);
    await expectFreshStart();
  });

  test.each(['header.bin', 'data_level0.bin', 'link_lists.bin'])(
    'with a truncated %s, which shows at the first query only, as well',
    async (name) => {
      const file = (await filledFolder()).find((path) => path.endsWith(name)) ?? '';
      await truncate(file, 7);
      await expectFreshStart();
    },
  );

  test('because nobody may write there is refused by name', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    await expect(start({ dataDir: join(file, 'chroma') })).rejects.toThrow(
      `Chroma's data folder ${file}/chroma cannot be written`,
    );
  });
});

describe('one server on a folder', () => {
  test('a second one is refused while the first runs, and welcome afterwards', async () => {
    const first = await start();
    await expect(start()).rejects.toThrow(`${dataDir} is in use by process ${process.pid}`);
    expect(first.alive()).toBe(true);
    await first.close();
    expect((await start()).alive()).toBe(true);
  });

  test.each(['{"pid":1,"port":1,"token":"x","child":{"pid":1,"port":1}}', '{"pid":', ''])(
    'the lock file of a crash, %p, does not stand in the way',
    async (note) => {
      await writeFile(`${dataDir}.lock`, note);
      const server = await start();
      expect(JSON.parse(await readFile(`${dataDir}.lock`, 'utf8')).child.pid).toBe(server.pid());
    },
  );
});

describe('the program around it', () => {
  let parent: Script;
  let said: Record<string, unknown>[];
  let child: number;

  beforeEach(async () => {
    said = [];
    parent = runTypeScript('chroma-parent.ts', [dataDir]);
    createInterface({ input: parent.stdout }).on('line', (line) => said.push(JSON.parse(line)));
    await eventually('the program has its Chroma', () => said.length > 0, 20_000);
    child = Number(said[0]?.pid);
    expect(isRunning(child)).toBe(true);
  });
  afterEach(() => void parent.kill('SIGKILL'));

  test('is killed, and the child goes with it; the next one starts on the same data', async () => {
    parent.kill('SIGKILL');
    const next = await start();
    expect(isRunning(child)).toBe(false);
    expect(next.alive()).toBe(true);
  });

  test('gets Ctrl-C, and still has the child while it drains', async () => {
    process.kill(-Number(parent.pid), 'SIGINT');
    await once(parent, 'close');
    expect(said[1]).toEqual({ servedWhileDraining: true });
    expect(isRunning(child)).toBe(false);
    expect(await readdir(folder)).toEqual(['chroma']);
  });
});
