import type { Knex } from 'knex';
import type { Replica } from './replica.ts';

/**
 * PostgreSQL, wherever it runs. Both adapters speak the wire protocol to the `pg` driver, so SQL,
 * types and error codes are the same; SQL must suit PostgreSQL 15 and later.
 *
 * The embedded one has a single connection: a query that escapes its transaction would wait for
 * itself, so it fails after the acquire time-out instead of passing unnoticed.
 */
export interface Database {
  knex: Knex;
  /** For what is only shown, by way of `createReading`; where there is one. */
  replica: Replica | undefined;
  kind: 'postgresql' | 'embedded';
  /** No other process has it open: whoever worked on it before this one is gone. */
  exclusive: boolean;
  close(): Promise<void>;
}
