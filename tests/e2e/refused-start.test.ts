import { createHash } from 'node:crypto';
import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { jest } from '@jest/globals';
import { openFreshSpace, openProgramSpace, type ProgramSpace } from '../support/program.ts';
import { visit } from '../support/service-client.ts';

jest.setTimeout(120_000);

let space: ProgramSpace;
afterEach(() => space.dispose());

/** Starts, expects a refusal, and hands over what was said about it. */
async function refusal(environment: Record<string, string> = {}): Promise<string> {
  const program = space.start(environment);
  expect(await program.ended).toBe(1);
  await space.nothingLeft();
  const said = program.said();
  expect(said).not.toMatch(/^\s+at /m);
  return said;
}

/** Every file of a folder and what is in it. */
async function contentOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile());
  const digests = files.map(async ({ parentPath, name }) => {
    const bytes = await readFile(path.join(parentPath, name));
    return [path.join(parentPath, name), createHash('sha256').update(bytes).digest('hex')];
  });
  return Object.fromEntries(await Promise.all(digests));
}

describe('a setting that cannot be used names itself', () => {
  beforeEach(async () => {
    space = await openFreshSpace();
  });

  test.each([
    ['PORT', { PORT: 'abc' }],
    ['REDIS_URL', { REDIS_URL: 'http://cache.example.org' }],
    ['JWT_SECRET', { NODE_ENV: 'production' }],
    ['CORPUS', { CORPUS: '/nowhere/at/all' }],
    ['DATA_DIR', { DATA_DIR: '/proc/guoxue' }],
    ['DATA_DIR', { DATA_DIR: `${import.meta.filename}/data` }],
  ])('%s of %j', async (name, environment) => {
    expect(await refusal(environment)).toMatch(new RegExp(`\\b${name}: \\S`));
  });

  test('several at once name themselves all', async () => {
    const said = await refusal({ PORT: '65536', DATABASE_URL: 'mysql://x', LOG_LEVEL: 'loud' });
    for (const name of ['PORT', 'DATABASE_URL', 'LOG_LEVEL']) expect(said).toContain(`${name}: `);
  });
});

test('a port that is taken is named', async () => {
  space = await openProgramSpace();
  const other = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => other.once('listening', resolve));
  const { port } = other.address() as AddressInfo;
  expect(await refusal({ PORT: String(port) })).toMatch(`port ${port} is taken`);
  other.close();
});

test('a second start on the same data refuses and leaves the first alone', async () => {
  space = await openProgramSpace();
  const first = space.start();
  await first.ready();
  const second = space.start();
  expect(await second.ended).toBe(1);
  expect(second.said()).toMatch(`${space.dataDir}`);
  expect(second.said()).toMatch(/in use by process \d+/);
  expect((await fetch(`${await first.url()}/ready`)).status).toBe(200);
});

test('a damaged control file of the database is left as it is', async () => {
  space = await openProgramSpace();
  const folder = path.join(space.dataDir, 'database');
  await overwrite(path.join(folder, 'global/pg_control'), (bytes) => bytes.fill(0x5a));
  const before = await contentOf(folder);
  expect(await refusal()).toMatch(/cannot be opened\. Nothing in it was changed/);
  expect(await contentOf(folder)).toEqual(before);
});

test('a damaged log of the database is left as it is, and a backup put back is opened', async () => {
  space = await openProgramSpace();
  const folder = path.join(space.dataDir, 'database');
  await cp(folder, `${folder}.backup`, { recursive: true });
  const wal = path.join(folder, 'pg_wal');
  const segments = (await readdir(wal)).filter((name) => /^[0-9A-F]{24}$/.test(name));
  for (const segment of segments) {
    await overwrite(path.join(wal, segment), (bytes) => bytes.subarray(0, 100));
  }
  const before = await contentOf(folder);
  const said = await refusal();
  expect(said).toContain(`${folder} cannot be opened`);
  // PostgreSQL's own note that it was here, which binds nobody.
  expect(await contentOf(folder)).toMatchObject(before);

  await cp(`${folder}.backup`, folder, { recursive: true });
  await space.start().ready();
});

async function overwrite(file: string, change: (bytes: Buffer) => Uint8Array): Promise<void> {
  await writeFile(file, change(await readFile(file)));
}

test('damaged vectors are set aside and computed again', async () => {
  space = await openProgramSpace();
  const first = space.start();
  await first.ready();
  first.interrupt();
  await space.nothingLeft();
  const chroma = path.join(space.dataDir, 'chroma');
  await cp(path.join(space.dataDir, 'database/PG_VERSION'), path.join(chroma, 'chroma.sqlite3'));

  const second = space.start();
  await second.ready();
  expect((await readdir(space.dataDir)).filter((name) => name.includes('corrupt'))).toHaveLength(1);
  const found = await visit(await second.url()).get('/api/library/search?q=学习和思考的关系');
  expect(found.text).toContain('学而不思则罔');
});
