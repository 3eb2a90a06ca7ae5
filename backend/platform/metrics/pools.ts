import type { Knex } from 'knex';
import type { Database } from '../database/database.ts';
import type { Metrics, Sample } from './metrics.ts';

const LABELS = { pool: ['primary', 'replica'], state: ['used', 'free', 'waiting'] };

/** What Knex keeps its connections in, as far as it says how many there are. */
interface Pool {
  max: number;
  numUsed(): number;
  numFree(): number;
  numPendingAcquires(): number;
}

/** Connections to the database: in use, at rest, and queries that wait for one. */
export function watchPools(metrics: Metrics, { knex, replica }: Database): void {
  const pools = { primary: knex, ...(replica ? { replica: replica.knex } : {}) };
  const each = <Found>(read: (name: string, pool: Pool) => Found[]) =>
    Object.entries(pools).flatMap(([name, { client }]: [string, Knex]) => read(name, client.pool));
  metrics.reading({
    name: 'database_pool_connections',
    help: 'Connections of this process to the database; waiting: queries that have none yet',
    type: 'gauge',
    labels: LABELS,
    read: () =>
      each<Sample<typeof LABELS>>((pool, connections) => [
        { labels: { pool, state: 'used' }, value: connections.numUsed() },
        { labels: { pool, state: 'free' }, value: connections.numFree() },
        { labels: { pool, state: 'waiting' }, value: connections.numPendingAcquires() },
      ]),
  });
  metrics.reading({
    name: 'database_pool_connections_most',
    help: 'Connections that this process may open',
    type: 'gauge',
    labels: { pool: LABELS.pool },
    read: () => each((pool, { max }) => [{ labels: { pool }, value: max }]),
  });
}
