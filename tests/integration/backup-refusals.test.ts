import { randomUUID } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { jest } from '@jest/globals';
import { openArchive } from '../../backend/backup/archive-reader.ts';
import { writeArchive } from '../../backend/backup/archive-writer.ts';
import type { Manifest } from '../../backend/backup/manifest.ts';
import { runBackup } from '../../backend/backup/run-backup.ts';
import { openEmbeddedDatabase } from '../../backend/platform/database/embedded-database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { backup, restore } from '../support/backup-command.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import {
  createDatabase,
  createMigratedDatabase,
  type TestDatabase,
} from '../support/test-database.ts';

jest.setTimeout(60_000);

/** What differs most easily between a value and its copy. */
const NICKNAME = '线\u2028段\u0085尾\r\n"引"\\反斜杠\\n\t𠮷';
const signal = new AbortController().signal;

describeWith('postgres', 'a backup', () => {
  let folder: string;
  let source: TestDatabase;
  let target: TestDatabase;
  let file: string;
  const userId = randomUUID();
  const at = (database: TestDatabase) => ({
    DATABASE_URL: database.url,
    DATA_DIR: path.join(folder, 'data'),
    JWT_SECRET: 'a secret that is long enough for anybody',
  });
  const within = async <Result>(
    { url }: TestDatabase,
    work: (knex: Awaited<ReturnType<typeof openPostgres>>['knex']) => Promise<Result>,
  ): Promise<Result> => {
    const database = await openPostgres({ url, logger: silentLogger });
    return work(database.knex).finally(() => database.close());
  };

  beforeAll(async () => {
    folder = await mkdtemp(path.join(tmpdir(), 'guoxue-backup-'));
    file = path.join(folder, 'good.zip');
    source = await createMigratedDatabase();
    await within(source, async (knex) => {
      await knex('users').insert({ id: userId, nickname: NICKNAME, role: 'guest' });
      await knex('balances').insert({ user_id: userId, balance: 700 });
      const journal = { id: randomUUID(), kind: 'grant', reference: userId, user_id: userId };
      await knex('ledger_journals').insert({
        ...{ ...journal, amount: 700, balance_after: 700, reason: '注册' },
      });
      await knex('ledger_entries').insert([
        { journal_id: journal.id, account: 'available', user_id: userId, amount: 700 },
        { journal_id: journal.id, account: 'grants', user_id: null, amount: -700 },
      ]);
      const key = { user_id: userId, route: 'r', body_hash: 'h' };
      await knex('idempotency_keys').insert([
        { ...key, key: 'sql null', reply: null },
        { ...key, key: 'json null', reply: 'null' },
      ]);
      const image = Buffer.from(Array.from({ length: 256 }, (_, byte) => byte));
      await knex('avatars').insert({ id: userId, user_id: userId, media_type: 'x', image });
    });
    expect(await backup(at(source), file)).toMatchObject({ code: 0 });
  });
  beforeEach(async () => {
    target = await createDatabase();
  });
  afterEach(() => target.drop());
  afterAll(async () => {
    await source.drop();
    await rm(folder, { recursive: true, force: true });
  });

  const rowsOf = (database: TestDatabase) =>
    within(database, async (knex) => ({
      users: await knex('users').select(),
      keys: await knex('idempotency_keys')
        .select(knex.raw('*, reply::text as said'))
        .orderBy('key'),
      avatars: await knex('avatars').select(),
      entries: await knex('ledger_entries').orderBy('amount'),
      prices: await knex('prices').orderBy('id'),
    }));
  const isEmpty = () =>
    within(target, async (knex) => {
      const { rows } = await knex.raw(
        `select count(*)::int as count from pg_class where relnamespace = 'public'::regnamespace`,
      );
      return rows[0].count === 0;
    });
  /** The archive with something else in it, as sound as it would be if it had been made so. */
  async function remade(
    change: (manifest: Manifest) => object,
    lineOf: (part: string, line: string) => string = (_, line) => line,
  ): Promise<string> {
    const copy = path.join(folder, `${randomUUID()}.zip`);
    const archive = await openArchive(file);
    async function* lines(part: Manifest['tables'][number]) {
      let text = '';
      for await (const piece of archive.read(part)) text += piece.toString();
      for (const line of text.split('\n').slice(0, -1)) yield `${lineOf(part.table, line)}\n`;
    }
    await writeArchive(
      copy,
      async (writer) => {
        const tables = [];
        for (const part of archive.manifest.tables) {
          tables.push({ ...part, ...(await writer.add(part.name, lines(part))) });
        }
        const said = JSON.stringify({ ...archive.manifest, tables, ...change(archive.manifest) });
        await writer.add(
          'manifest.json',
          (async function* () {
            yield said;
          })(),
        );
      },
      signal,
    );
    archive.close();
    return copy;
  }

  test('that is called off while it is read again leaves nothing behind', async () => {
    const called = new AbortController();
    const said: string[] = [];
    const say = (line: string) => {
      said.push(line);
      if (line.includes('逐项核对')) called.abort();
    };
    const copies = path.join(folder, 'copies');
    await mkdir(copies);
    const terminal = { environment: at(source), say, signal: called.signal };
    expect(await runBackup([copies], terminal)).toBe(130);
    expect(said.at(-1)).toBe('已中断，什么都没有改动。');
    expect(await readdir(copies)).toEqual([]);
  });

  test('comes back to the last character and with its rules in force, and is for its owner alone', async () => {
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await restore(at(target), file)).toMatchObject({ code: 0 });
    expect(await rowsOf(target)).toEqual(await rowsOf(source));
    await within(target, async (knex) => {
      await expect(knex('ledger_entries').delete()).rejects.toThrow(/append-only/);
      const stranger = { user_id: randomUUID(), balance: 1 };
      await expect(knex('balances').insert(stranger)).rejects.toThrow(/foreign key/);
      const [{ name }] = await knex('schema_migrations').insert({ name: 'next' }).returning('name');
      expect(name).toBe('next');
    });
  });

  test('is never put over another, nor half there', async () => {
    expect(await backup(at(source), file)).toMatchObject({
      ...{ code: 1, text: expect.stringContaining('已经存在') },
    });
    expect(await restore(at(target), path.join(folder, 'none.zip'))).toMatchObject({ code: 1 });
    expect(await backup(at(target), path.join(folder, 'empty.zip'))).toMatchObject({
      ...{ code: 1, text: expect.stringContaining('是空的') },
    });
    await expect(stat(path.join(folder, 'empty.zip'))).rejects.toThrow();
  });

  test.each<[string, (bytes: Buffer) => Buffer]>([
    ['with its end missing', (bytes) => bytes.subarray(0, bytes.length - 30)],
    ['half written', (bytes) => bytes.subarray(0, bytes.length / 2)],
    ['empty', () => Buffer.alloc(0)],
    ['with a bit turned in its rows', (bytes) => turned(bytes, 'database/users.jsonl')],
    ['with a bit turned in its manifest', (bytes) => turned(bytes, 'manifest.json')],
  ])('%s is refused before anything is touched', async (_, harm) => {
    const bad = path.join(folder, `${randomUUID()}.zip`);
    await writeFile(bad, harm(await readFile(file)));
    const said = await restore(at(target), bad);
    expect(said).toMatchObject({ code: 1, text: expect.stringContaining('备份已损坏或不完整') });
    expect(await isEmpty()).toBe(true);
  });

  test('of a newer version is refused', async () => {
    const newer = await remade(() => ({ format: 2 }));
    expect((await restore(at(target), newer)).text).toContain('更新的版本');
    const further = await remade(({ schema }) => ({ schema: [...schema, '9999-of-tomorrow'] }));
    expect((await restore(at(target), further)).text).toContain('9999-of-tomorrow');
    expect(await isEmpty()).toBe(true);
  });

  test('whose books do not balance is refused, and what was there stays', async () => {
    expect(await restore(at(target), file)).toMatchObject({ code: 0 });
    const more = (part: string, line: string) =>
      part === 'ledger_entries' ? line.replace('"-700"', '"-70"') : line;
    const cooked = await remade(() => ({}), more);
    const said = await restore(at(target), cooked, '--replace');
    expect(said).toMatchObject({ code: 1, text: expect.stringContaining('不平') });
    expect(await rowsOf(target)).toEqual(await rowsOf(source));
  });

  test('takes no place that is taken, unless told to', async () => {
    expect(await restore(at(target), file)).toMatchObject({ code: 0 });
    await within(target, (knex) => knex('users').update({ nickname: '后来' }));
    expect((await restore(at(target), file)).text).toContain('--replace');
    await within(target, async () => {
      // Somebody works on it.
      expect((await restore(at(target), file, '--replace')).text).toContain('先全部停下');
    });
    expect(await restore(at(target), file, '--replace')).toMatchObject({ code: 0 });
    expect(await rowsOf(target)).toEqual(await rowsOf(source));
  });

  test('under other secrets comes back with a word about what they cost', async () => {
    const other = { ...at(target), JWT_SECRET: 'quite another secret, and long enough too' };
    const said = await restore(other, file);
    expect(said).toMatchObject({ code: 0, text: expect.stringContaining('JWT_PREVIOUS_SECRETS') });
    const checked = await restore(at(target), file, '--check');
    expect(checked).toMatchObject({ code: 0, text: expect.stringContaining('核对无误') });
    expect(await restore(at(target), file, '--what')).toMatchObject({ code: 2 });
  });
});

describe('a restore that was killed', () => {
  test('when the old database was put aside is not followed by a start with an empty one', async () => {
    const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-restore-'));
    const directory = path.join(folder, 'database');
    await mkdir(`${directory}.restoring`);
    await expect(openEmbeddedDatabase({ directory })).rejects.toThrow('npm run restore again');
    await rm(`${directory}.restoring`, { recursive: true });
    const database = await openEmbeddedDatabase({ directory });
    await database.close();
    await rm(folder, { recursive: true });
  });
});

/** In the middle of the packed bytes of a part. */
function turned(bytes: Buffer, part: string): Buffer {
  const harmed = Buffer.from(bytes);
  const place = harmed.indexOf(part) + part.length + 60;
  harmed[place] = (harmed[place] ?? 0) ^ 1;
  return harmed;
}
