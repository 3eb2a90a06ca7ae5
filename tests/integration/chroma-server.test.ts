import { once } from 'node:events';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { jest } from '@jest/globals';
import type { ChromaServer } from '../../backend/platform/chroma/chroma-server.ts';
import {
  type ChromaFolder,
  nearestTo,
  openChromaFolder,
  someVectors,
  vectorsOf,
} from '../support/chroma-folder.ts';
import { eventually } from '../support/eventually.ts';
import { isRunning } from '../support/is-running.ts';
import { runTypeScript, type Script } from '../support/run-typescript.ts';

jest.setTimeout(60_000);

let chroma: ChromaFolder;
beforeEach(async () => {
  chroma = await openChromaFolder();
});
afterEach(() => chroma.remove());

function pidOf(server: ChromaServer): number {
  const pid = server.pid();
  if (pid === undefined) throw new Error('Chroma is not running');
  return pid;
}

describe('a server that is started', () => {
  test('answers on a loopback port of its own, and leaves nothing behind when closed', async () => {
    const server = await chroma.start();
    const pid = pidOf(server);
    expect(server.alive()).toBe(true);
    expect(server.recreated()).toBe(false);
    expect(server.address()).toEqual({ host: '127.0.0.1', port: expect.any(Number), ssl: false });
    await vectorsOf(server).upsert(someVectors);
    expect(await nearestTo(server, 7)).toBe('passage-7');
    await Promise.all([server.close(), server.close()]);
    expect(server.alive()).toBe(false);
    expect(isRunning(pid)).toBe(false);
    expect(await readdir(chroma.folder)).toEqual(['chroma']);
  });

  test('finds its data again after a restart of the program', async () => {
    const before = await chroma.start();
    await vectorsOf(before).upsert(someVectors);
    await before.close();
    const server = await chroma.start();
    expect(server.recreated()).toBe(false);
    expect(await vectorsOf(server).count()).toBe(someVectors.length);
    expect(await nearestTo(server, 1_234)).toBe('passage-1234');
  });

  test('takes monotonous data for what they are, not for damaged', async () => {
    const server = await chroma.start();
    const monotonous = someVectors.map((item, index) => ({
      ...item,
      vector: index % 2 ? Array(8).fill(0) : Array(8).fill(1),
    }));
    await vectorsOf(server).upsert(monotonous);
    await server.close();
    expect((await chroma.start()).recreated()).toBe(false);
  });

  test('talks at debug level only, without its banner', async () => {
    await chroma.start();
    expect(chroma.log.filter(({ level }) => level > 20)).toEqual([]);
    const said = chroma.log.map((line) => line.chroma).join('\n');
    expect(said).toContain(chroma.dataDir);
    expect(said).not.toContain('(((');
  });
});

describe('a child that dies', () => {
  test('is started again, and has lost nothing', async () => {
    const server = await chroma.start();
    const vectors = vectorsOf(server);
    await vectors.upsert(someVectors);
    const first = pidOf(server);
    process.kill(first, 'SIGKILL');
    await eventually('another child serves', () => server.alive() && server.pid() !== first);
    expect(await vectors.count()).toBe(someVectors.length);
    expect((await vectors.query(someVectors[9]?.vector ?? [], 1))[0]?.id).toBe('passage-9');
    expect(server.recreated()).toBe(false);
    expect(chroma.log.map(({ msg }) => msg)).toContain(
      'Chroma ended by itself and is started again',
    );
  });

  test('comes back on another port when its own was taken meanwhile', async () => {
    const server = await chroma.start({ firstBackoffMs: 300 });
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
    const server = await chroma.start({ firstBackoffMs: 30_000 });
    process.kill(pidOf(server), 'SIGKILL');
    await eventually('the child is gone', () => !server.alive());
    await server.close();
    expect(server.alive()).toBe(false);
  });

  test('that crashes again and again is taken off its data', async () => {
    let told = 0;
    const server = await chroma.start({ onRecreated: () => void told++ });
    await vectorsOf(server).upsert(someVectors);
    for (let crash = 1; crash <= 3; crash += 1) {
      const pid = pidOf(server);
      process.kill(pid, 'SIGABRT');
      await eventually('it is back', () => server.alive() && server.pid() !== pid, 20_000);
    }
    expect({ told, recreated: server.recreated() }).toEqual({ told: 1, recreated: true });
    expect(await vectorsOf(server).count()).toBe(0);
  });
});

describe('one server on a folder', () => {
  test('a second one is refused while the first runs, and welcome afterwards', async () => {
    const first = await chroma.start();
    await expect(chroma.start()).rejects.toThrow(
      `${chroma.dataDir} is in use by process ${process.pid}`,
    );
    expect(first.alive()).toBe(true);
    await first.close();
    expect((await chroma.start()).alive()).toBe(true);
  });

  test.each(['{"pid":1,"port":1,"token":"x","child":{"pid":1,"port":1}}', '{"pid":', ''])(
    'the lock file of a crash, %p, does not stand in the way',
    async (note) => {
      await writeFile(`${chroma.dataDir}.lock`, note);
      const server = await chroma.start();
      expect(JSON.parse(await readFile(`${chroma.dataDir}.lock`, 'utf8')).child.pid).toBe(
        server.pid(),
      );
    },
  );
});

describe('the program around it', () => {
  let parent: Script;
  let said: Record<string, unknown>[];
  let child: number;

  beforeEach(async () => {
    said = [];
    parent = runTypeScript('chroma-parent.ts', [chroma.dataDir]);
    createInterface({ input: parent.stdout }).on('line', (line) => said.push(JSON.parse(line)));
    await eventually('the program has its Chroma', () => said.length > 0, 20_000);
    child = Number(said[0]?.pid);
    expect(isRunning(child)).toBe(true);
  });
  afterEach(() => void parent.kill('SIGKILL'));

  test('is killed, and the child goes with it; the next one starts on the same data', async () => {
    parent.kill('SIGKILL');
    const next = await chroma.start();
    expect(isRunning(child)).toBe(false);
    expect(next.alive()).toBe(true);
  });

  test('gets Ctrl-C, and still has the child while it drains', async () => {
    process.kill(-Number(parent.pid), 'SIGINT');
    await once(parent, 'close');
    expect(said[1]).toEqual({ servedWhileDraining: true });
    expect(isRunning(child)).toBe(false);
    expect(await readdir(chroma.folder)).toEqual(['chroma']);
  });
});
