import { jest } from '@jest/globals';
import type { Knex } from 'knex';
import type { Database } from '../../backend/platform/database/database.ts';
import { migrate } from '../../backend/platform/database/migrate.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import {
  assertSchema,
  type Migrations,
  neededBy,
} from '../../backend/platform/database/schema-version.ts';
import { migrations as ours } from '../../migrations/index.ts';
import { losses, readStructure } from '../support/database-structure.ts';
import { eventually } from '../support/eventually.ts';
import { silentLogger } from '../support/redis-space.ts';
import { describeWith } from '../support/services.ts';
import { createDatabase, type TestDatabase } from '../support/test-database.ts';

jest.setTimeout(60_000);

/** The last migration of the release before: its programs work beside those of this one. */
const RELEASE_BEFORE = '0015-uploaded-readings';

const step = (sql: string) => ({
  up: async (knex: Knex) => void (await knex.raw(sql)),
  down: async () => undefined,
});

const notes: Migrations = {
  '0001-notes': step('create table notes (id serial primary key, words text not null)'),
};
const expanded: Migrations = { ...notes, '0002-author': step('alter table notes add author text') };
const contracted: Migrations = {
  ...expanded,
  '0003-drop-words-after-0002': step('alter table notes drop words'),
};

const quick = { lockMs: 100, statementMs: 400, attempts: 3, pauseMs: 20 };

describeWith('postgres', 'migrations of a site that is in use', () => {
  let place: TestDatabase;
  let database: Database;
  let other: Database;
  beforeEach(async () => {
    place = await createDatabase();
    database = await openPostgres({ url: place.url, logger: silentLogger });
    other = await openPostgres({ url: place.url, logger: silentLogger });
  });
  afterEach(async () => {
    await Promise.all([database.close(), other.close()]);
    await place.drop();
  });

  const columns = async () => Object.keys(await database.knex('notes').columnInfo());

  test('of several that migrate at once each step is run by one', async () => {
    const ran = await Promise.all(
      [database, other, database, other].map(({ knex }) => migrate(knex, { migrations: expanded })),
    );
    expect(ran.flat().sort()).toEqual(Object.keys(expanded));
    expect(await migrate(other.knex, { migrations: expanded })).toEqual([]);
  });

  test('a program is told when the schema is older, and works when it was only extended', async () => {
    await migrate(database.knex, { migrations: notes });
    await expect(assertSchema(other.knex, expanded)).rejects.toThrow(/older.*0002-author not run/);
    await migrate(database.knex, { migrations: expanded });
    await assertSchema(other.knex, expanded);
    await assertSchema(other.knex, notes);
    expect(await migrate(other.knex, { migrations: notes })).toEqual([]);
    await other.knex('notes').insert({ words: '旧程序写的' });
  });

  test('what was taken away stops only programs that still need it', async () => {
    await migrate(database.knex, { migrations: contracted });
    await assertSchema(other.knex, expanded);
    const tooOld = /too new for this program: 0003-drop-words-after-0002/;
    await expect(assertSchema(other.knex, notes)).rejects.toThrow(tooOld);
    await expect(migrate(other.knex, { migrations: notes })).rejects.toThrow(tooOld);
  });

  test('a table that is held for long is not waited for in front of everybody', async () => {
    await migrate(database.knex, { migrations: notes });
    const holder = await other.knex.transaction();
    await holder('notes').insert({ words: '还没提交' });
    const given = { migrations: expanded, limits: quick };
    await expect(migrate(database.knex, given)).rejects.toThrow(/asked 3 times/);
    expect(await columns()).not.toContain('author');
    const patient = migrate(database.knex, {
      ...given,
      limits: { ...quick, attempts: 500 },
    });
    // While it tries, others go on reading and writing.
    for (let turn = 0; turn < 10; turn += 1) await other.knex('notes').insert({ words: '照常' });
    await holder.commit();
    expect(await patient).toEqual(['0002-author']);
    expect(await other.knex('notes').count()).toEqual([{ count: '11' }]);
  });

  test('of two that wait for each other the program goes on, and the migration tries again', async () => {
    await migrate(database.knex, { migrations: notes });
    await database.knex.raw('create table people (id int)');
    const sql = 'lock table people; select pg_sleep(0.3); alter table notes add author text';
    const both = { ...notes, '0002-both': step(sql) };
    const program = await other.knex.transaction();
    await program('notes').insert({ words: '先写这个' });
    const migrating = migrate(database.knex, { migrations: both });
    await eventually('the migration has its first table', async () => {
      const held = "relation = 'people'::regclass and mode = 'AccessExclusiveLock'";
      const { rows } = await program.raw(`select 1 from pg_locks where ${held}`);
      return rows.length > 0;
    });
    // It has waited for longer than the migration when that asks for the notes.
    await program('people').insert({ id: 1 });
    await program.commit();
    expect(await migrating).toEqual(['0002-both']);
  });

  test('a migration that has to give way in a deadlock tries again', async () => {
    await migrate(database.knex, { migrations: notes });
    await database.knex.raw('create sequence runs');
    const unlucky = step(`do $$ begin
      if nextval('runs') = 1 then raise exception using errcode = 'deadlock_detected'; end if;
    end $$`);
    const given = { migrations: { ...notes, '0002-unlucky': unlucky }, limits: quick };
    expect(await migrate(database.knex, given)).toEqual(['0002-unlucky']);
  });

  test('a statement without end is undone', async () => {
    const slow = {
      ...notes,
      '0002-slow': step('alter table notes add x int; select pg_sleep(60)'),
    };
    await expect(migrate(database.knex, { migrations: slow, limits: quick })).rejects.toThrow(
      /took longer than/,
    );
    expect(await columns()).not.toContain('x');
    expect(await migrate(database.knex, { migrations: expanded })).toEqual(['0002-author']);
  });

  test('our own run beside a program of the release before, which notices nothing', async () => {
    const before = Object.fromEntries(upTo(RELEASE_BEFORE).map((name) => [name, ours[name]]));
    await migrate(database.knex, { migrations: before as Migrations });
    const structure = await readStructure(database.knex);
    const life = oldProgram(other.knex);
    await eventually('the old program is at work', () => life.rounds > 5);
    const extending = Object.entries(ours).filter(([name]) => neededBy(name) === undefined);
    await migrate(database.knex, { migrations: Object.fromEntries(extending) });
    const wide = Object.values(ours).flatMap(({ widens = [] }) => widens);
    expect(losses(structure, await readStructure(database.knex), wide)).toEqual([]);
    await migrate(database.knex);
    const seen = life.rounds;
    await eventually('it goes on', () => life.rounds > seen + 5);
    await life.end();
    await assertSchema(other.knex, before as Migrations);
  });
});

test('who takes something away names what the release before has known', () => {
  const known = upTo(RELEASE_BEFORE).map((name) => name.slice(0, 4));
  for (const name of Object.keys(ours)) {
    expect(name).toMatch(/^\d{4}-[a-z0-9-]+$/);
    const needed = neededBy(name);
    if (needed !== undefined) expect(known).toContain(needed);
  }
});

test('a structure that asks for more or offers less is told apart from one that only offers more', () => {
  const column = (type: string, required = false) => ({ type, required });
  const check = (definition: string) => ({ table: 'notes', definition });
  const before = {
    columns: new Map([
      ['notes.id', column('uuid')],
      ['notes.words', column('text', true)],
    ]),
    refusals: new Map([['notes_check', check('CHECK (words <> 1)')]]),
  };
  const after = {
    columns: new Map([
      ['notes.id', column('text')],
      ['notes.author', column('text', true)],
      ['people.name', column('text', true)],
    ]),
    refusals: new Map([['notes_check', check('CHECK (words <> 2)')]]),
  };
  expect(losses(before, before)).toEqual([]);
  expect(losses(before, after)).toEqual([
    'notes.id was uuid and is text',
    'notes.words is gone',
    'notes.author must be given now',
    'notes refuses more: notes_check',
  ]);
  expect(losses(before, { ...before, refusals: after.refusals }, ['notes_check'])).toEqual([]);
});

function upTo(last: string): string[] {
  const names = Object.keys(ours);
  return names.slice(0, names.indexOf(last) + 1);
}

/** What an old process does all day, in small: it must never fail. */
function oldProgram(knex: Knex) {
  const life = { rounds: 0, end };
  let ending = false;
  async function round() {
    const id = knex.raw('gen_random_uuid()');
    const guest = { id, nickname: '旧', role: 'guest' };
    const [user] = await knex('users').insert(guest).returning('id');
    await knex('balances').insert({ user_id: user.id, balance: 5 });
    const session = { id, user_id: user.id, title: '旧', mode: 'qa' };
    await knex('sessions').insert(session);
    await knex('sessions').where({ user_id: user.id }).update({ title: '改' });
    await knex('users').join('sessions', 'users.id', 'user_id').where('users.id', user.id).first();
    await knex('document_versions').select('document_id', 'title', 'category').limit(1);
    life.rounds += 1;
  }
  const running = (async () => {
    while (!ending) await round();
  })();
  async function end() {
    ending = true;
    await running;
  }
  return life;
}
