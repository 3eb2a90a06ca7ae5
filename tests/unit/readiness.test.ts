import { jest } from '@jest/globals';
import { createReadiness } from '../../backend/roles/readiness.ts';
import { migrations } from '../../migrations/index.ts';

const applied = Object.keys(migrations);

/** A process with a database that answers as it is told; counts how often it is asked. */
function processWith({ names = applied, works = 2, held = 11, state = 'complete' } = {}) {
  const asked = { database: 0 };
  let answering = Promise.resolve();
  const knex = Object.assign(
    () => ({ orderBy: () => ({ select: async () => names.map((name) => ({ name })) }) }),
    {
      async raw() {
        asked.database += 1;
        await answering;
        return { rows: [{ found: 'schema_migrations' }] };
      },
    },
  );
  const parts = {
    platform: {
      database: { knex },
      cacheAlive: async () => true,
      model: { online: true },
      vectorSpace: { vectors: { count: async () => 0 } },
    },
    services: {
      ingestion: { progress: async () => ({ state, passages: held }) },
      published: { library: { passageCount: held } },
      stores: { library: { totals: async () => ({ works, passages: 11, characters: 99 }) } },
    },
  };
  return {
    asked,
    readiness: createReadiness(parts as never),
    hang: () => {
      answering = new Promise(() => undefined);
    },
  };
}

beforeEach(() => void jest.useFakeTimers({ doNotFake: ['queueMicrotask'] }));
afterEach(() => void jest.useRealTimers());

test('however many ask, the database is asked once a second', async () => {
  const { readiness, asked } = processWith();
  const all = await Promise.all(Array.from({ length: 500 }, readiness));
  expect(all.every(({ database }) => database === 'up')).toBe(true);
  await jest.advanceTimersByTimeAsync(900);
  await readiness();
  expect(asked.database).toBe(1);
  await jest.advanceTimersByTimeAsync(200);
  await readiness();
  expect(asked.database).toBe(2);
});

test('a database that does not answer is down, and is not asked again and again', async () => {
  const { readiness, asked, hang } = processWith();
  hang();
  for (let second = 0; second < 10; second += 1) {
    const looked = readiness();
    await jest.advanceTimersByTimeAsync(2_500);
    expect((await looked).database).toBe('down');
  }
  expect(asked.database).toBe(1);
});

test.each([
  ['fits', applied],
  ['fits', [...applied, '9998-more']],
  ['too_old', applied.slice(0, -1)],
  ['too_new', [...applied, '9999-less-after-9998']],
])('a schema %s', async (schema, names) => {
  expect((await processWith({ names }).readiness()).schema).toBe(schema);
});

test('books that only the database has are not here yet', async () => {
  const { readiness } = processWith({ held: 0 });
  expect((await readiness()).library).toEqual({ state: 'ingesting', passages: 0 });
  const bookless = processWith({ held: 0, works: 0 });
  expect((await bookless.readiness()).library).toEqual({ state: 'complete', passages: 0 });
});
