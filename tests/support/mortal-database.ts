import { PGlite } from '@electric-sql/pglite';
import knex, { type Knex } from 'knex';
import { PgliteStream } from '../../backend/platform/database/pglite-stream.ts';

/** When a process is to die: before its nth statement, or when that one is done but nobody told. */
export interface Death {
  statement: number;
  moment: 'before' | 'after';
}

/** A database as a process sees it that dies in the middle of its work. */
export interface MortalDatabase {
  knex: Knex;
  /** What it has been asked so far, in order. */
  statements: string[];
  /** What is left of the process goes away. */
  bury(): Promise<void>;
}

export class ProcessDied extends Error {
  override name = 'ProcessDied';
}

interface RawConnection {
  connection?: { stream?: { destroy?(): void } };
}
interface RawQuery {
  sql: string;
}
type PgClientClass = new (
  config: Knex.Config,
) => Knex.Client & { _query(connection: RawConnection, query: RawQuery): Promise<unknown> };

const PgClient: PgClientClass = knex({ client: 'pg' }).client.constructor;

/**
 * Knex with a client that counts the statements. Once dead it does nothing any more, neither rolls
 * back nor tidies up; the server sees its connections break off.
 */
function mortalKnex(
  config: Knex.Config,
  death: Death | undefined,
  breakOff: (connection: RawConnection) => void,
): { knex: Knex; statements: string[] } {
  const statements: string[] = [];
  const connections = new Set<RawConnection>();
  let dead = false;
  const die = (): never => {
    dead = true;
    for (const connection of connections) breakOff(connection);
    throw new ProcessDied();
  };
  class MortalClient extends PgClient {
    override async _query(connection: RawConnection, query: RawQuery): Promise<unknown> {
      if (dead) throw new ProcessDied();
      connections.add(connection);
      statements.push(query.sql);
      const isLast = statements.length === death?.statement;
      if (isLast && death.moment === 'before') die();
      const result = await super._query(connection, query);
      if (isLast) die();
      return result;
    }
  }
  return {
    knex: knex({ ...config, client: MortalClient as unknown as typeof Knex.Client }),
    statements,
  };
}

export async function openMortalServer(url: string, death?: Death): Promise<MortalDatabase> {
  const opened = mortalKnex(
    { connection: url, pool: { min: 0, max: 2 }, acquireConnectionTimeout: 10_000 },
    death,
    ({ connection }) => connection?.stream?.destroy?.(),
  );
  return { ...opened, bury: () => opened.knex.destroy() };
}

/** What it had written to its folder when it died is what is there: nothing is flushed after. */
export async function openMortalFolder(directory: string, death?: Death): Promise<MortalDatabase> {
  const pglite = await PGlite.create({ dataDir: directory });
  const connection = {
    stream: () => new PgliteStream(pglite),
    user: 'postgres',
    database: 'postgres',
  };
  const pool = { min: 1, max: 1 };
  const opened = mortalKnex({ connection, pool }, death, () => undefined);
  return {
    ...opened,
    async bury() {
      await opened.knex.destroy();
      await pglite.close();
    },
  };
}
