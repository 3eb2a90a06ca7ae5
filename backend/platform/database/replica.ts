import type { Knex } from 'knex';
import type { Logger } from '../../logger.ts';

/** A streaming replica: one server that replays what the primary writes, a little later. */
export interface Replica {
  knex: Knex;
  /** Whether it shows everything that was committed `REPLICA_MAY_LAG_MS` ago. */
  isFresh(): boolean;
  /** Somebody could not reach it: nobody else is to try before it has been seen again. */
  lost(error: unknown): void;
  close(): Promise<void>;
}

export const REPLICA_MAY_LAG_MS = 3_000;
const LOOK_EVERY_MS = 1_000;

/** A place in the primary's log, and when it was already that far; time does not go backwards. */
interface Written {
  at: number;
  position: bigint;
}

interface Server {
  position: bigint;
  cluster: string;
  standby: boolean;
}

const STATE = `
  select pg_is_in_recovery() as standby, (select system_identifier from pg_control_system()) as cluster,
    case when pg_is_in_recovery() then coalesce(pg_last_wal_replay_lsn(), '0/0')
      else pg_current_wal_lsn() end - '0/0'::pg_lsn as position`;

/**
 * Looks every second how far the primary has written, and up to which of those places the replica has
 * come. Away, behind, promoted or of another database, it is not fresh, which the log says once.
 */
export async function watchReplica(parts: {
  primary: Knex;
  knex: Knex;
  logger: Logger;
}): Promise<Replica> {
  const { primary, knex, logger } = parts;
  let written: Written[] = [];
  let freshAt = Number.NEGATIVE_INFINITY;
  let used: boolean | undefined;
  let looking = false;

  const isFresh = () => performance.now() - freshAt <= REPLICA_MAY_LAG_MS;

  async function compare(): Promise<void> {
    const at = performance.now();
    const leader = await stateOf(primary);
    // What was before tells no more; and nobody asks about what is too long ago.
    written = [...written, { at, position: leader.position }].slice(-MOST_PLACES);
    const follower = await stateOf(knex);
    if (!follower.standby || follower.cluster !== leader.cluster) {
      throw new Error('DATABASE_REPLICA_URL is not a replica of DATABASE_URL');
    }
    const reached = written.findLastIndex(({ position }) => position <= follower.position);
    freshAt = written[reached]?.at ?? freshAt;
    written = written.slice(Math.max(0, reached));
  }

  function say(reason?: unknown): void {
    if (used === isFresh()) return;
    used = isFresh();
    if (used) logger.info('the replica keeps up, what is only shown is read there');
    else logger.warn({ err: reason }, 'the replica is away or behind, the primary is read instead');
  }

  async function look(): Promise<void> {
    // One that does not answer is soon no longer fresh, however long the question is left open.
    if (looking) return say();
    looking = true;
    await compare().then(() => say(), say);
    looking = false;
  }

  await look();
  const timer = setInterval(look, LOOK_EVERY_MS);
  timer.unref();
  return {
    knex,
    isFresh,
    lost(error) {
      freshAt = Number.NEGATIVE_INFINITY;
      say(error);
    },
    async close() {
      clearInterval(timer);
      await knex.destroy();
    },
  };
}

const MOST_PLACES = (2 * REPLICA_MAY_LAG_MS) / LOOK_EVERY_MS;

async function stateOf(knex: Knex): Promise<Server> {
  const { rows } = await knex.raw(STATE);
  const { standby, cluster, position } = rows[0];
  return { standby, cluster: String(cluster), position: BigInt(position) };
}
