import type { Knex } from 'knex';
import { createLogger } from '../../backend/logger.ts';
import { createMemoryCounters } from '../../backend/platform/counters/memory-counters.ts';
import type { Database } from '../../backend/platform/database/database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { createReading, type Reading } from '../../backend/platform/database/reading.ts';
import { aWhile, eventually } from '../support/eventually.ts';
import {
  describeWithReplica,
  type ReplicatedPostgres,
  startReplicatedPostgres,
} from '../support/replicated-postgres.ts';
import { postgresUrl } from '../support/services.ts';

interface Process {
  database: Database;
  reading: Reading<Knex>;
  said: string[];
}

describeWithReplica('with a replica', () => {
  let servers: ReplicatedPostgres;
  let opened: Process[] = [];
  const counters = createMemoryCounters();
  beforeAll(async () => {
    servers = await startReplicatedPostgres();
  }, 60_000);
  afterEach(async () => {
    for (const { database } of opened) await database.close();
    opened = [];
    await counters.close();
  });
  afterAll(() => servers.dispose());

  async function openProcess(
    replicaUrl = servers.replicaUrl,
    shared: Parameters<typeof createReading>[0]['counters'] = counters,
  ): Promise<Process> {
    const said: string[] = [];
    const logger = createLogger('info', {
      write: (line: string) => void said.push(JSON.parse(line).msg),
    });
    const database = await openPostgres({ url: servers.url, replicaUrl, logger });
    const { replica } = database;
    if (!replica) throw new Error('no replica was opened');
    const reading = createReading({
      primary: database.knex,
      replica: { stores: replica.knex, state: replica },
      counters: shared,
    });
    opened.push({ database, reading, said });
    return { database, reading, said };
  }

  const serverOf = async (knex: Knex): Promise<string> => {
    const { rows } = await knex.raw('select pg_is_in_recovery() as standby');
    return rows[0].standby ? 'replica' : 'primary';
  };

  async function readsFrom({ reading }: Process, server: string, userId?: string) {
    await eventually(`the ${server} is read`, async () => {
      return (await reading.read(userId, serverOf)) === server;
    });
  }

  it('reads there, but lets whoever has just written read what they wrote, in every process', async () => {
    const [one, other] = [await openProcess(), await openProcess()];
    await readsFrom(one, 'replica', 'writer');
    await readsFrom(other, 'replica', 'writer');
    await servers.pause();
    const table = 'said_while_behind';
    await one.database.knex.raw(`create table if not exists ${table} (words text)`);
    await one.reading.wrote('writer');
    const reads = (by: Process, userId: string) =>
      by.reading.read(userId, async (knex) => [await serverOf(knex), (await knex(table)).length]);
    expect(await reads(one, 'writer')).toEqual(['primary', 0]);
    expect(await reads(other, 'writer')).toEqual(['primary', 0]);
    // Nobody else waits for them; what the replica cannot answer at all is asked of the primary.
    expect(await other.reading.read('somebody else', serverOf)).toBe('replica');
    expect(await reads(other, 'somebody else')).toEqual(['primary', 0]);
    await servers.resume();
  });

  it('leaves a replica that falls behind, says so once, and comes back to it', async () => {
    const one = await openProcess();
    await readsFrom(one, 'replica');
    await servers.pause();
    await one.database.knex.raw('create table if not exists written_meanwhile ()');
    await readsFrom(one, 'primary');
    await aWhile(1_200);
    expect(await one.reading.read(undefined, serverOf)).toBe('primary');
    await servers.resume();
    await readsFrom(one, 'replica');
    expect(one.said).toEqual([
      'the replica keeps up, what is only shown is read there',
      'the replica is away or behind, the primary is read instead',
      'the replica keeps up, what is only shown is read there',
    ]);
  }, 30_000);

  it('answers from the primary when the replica dies under a reading, and while it is away', async () => {
    const one = await openProcess();
    await readsFrom(one, 'replica');
    const reading = one.reading.read(undefined, async (knex) => {
      await knex.raw('select pg_sleep(case when pg_is_in_recovery() then 20 else 0 end)');
      return serverOf(knex);
    });
    await aWhile(200);
    await servers.killReplica();
    expect(await reading).toBe('primary');
    expect(await one.reading.read(undefined, serverOf)).toBe('primary');
    const started = await openProcess();
    expect(await started.reading.read(undefined, serverOf)).toBe('primary');
    await servers.startReplica();
    await readsFrom(one, 'replica');
    await readsFrom(started, 'replica');
    expect(one.said.filter((line) => line.includes('replica'))).toHaveLength(3);
  });

  it('reads the primary when nobody can tell who has just written', async () => {
    const unknown = { add: async () => false, read: async () => undefined };
    const one = await openProcess(servers.replicaUrl, unknown);
    await readsFrom(one, 'replica');
    await one.reading.wrote('writer');
    expect(await one.reading.read('writer', serverOf)).toBe('primary');
    expect(await one.reading.read('somebody else', serverOf)).toBe('primary');
  });

  it('remembers by itself who wrote while the others could not be told', async () => {
    let away = true;
    const one = await openProcess(servers.replicaUrl, {
      add: async (...given) => (away ? false : counters.add(...given)),
      read: async (set) => (away ? undefined : counters.read(set)),
    });
    await readsFrom(one, 'replica');
    await one.reading.wrote('writer');
    away = false;
    expect(await one.reading.read('writer', serverOf)).toBe('primary');
    expect(await one.reading.read('somebody else', serverOf)).toBe('replica');
  });

  it('never reads a server that is no replica of this database', async () => {
    const one = await openProcess(postgresUrl);
    expect(one.database.replica?.isFresh()).toBe(false);
    expect(await one.reading.read(undefined, serverOf)).toBe('primary');
    expect(one.said).toEqual(['the replica is away or behind, the primary is read instead']);
  });
});
