import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { journals } from '../../backend/billing/ledger/journal.ts';
import { composeStores, createTransact, type Stores } from '../../backend/compose-stores.ts';
import type { Database } from '../../backend/platform/database/database.ts';
import { openEmbeddedDatabase } from '../../backend/platform/database/embedded-database.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import type { Transact } from '../../backend/platform/database/transact.ts';
import { copyMigratedCluster } from './embedded-cluster.ts';
import { silentLogger } from './redis-space.ts';
import type { Mode } from './service-space.ts';
import { createMigratedDatabase } from './test-database.ts';

/** A migrated database of its own with the stores on it: the ledger without a program around it. */
export interface LedgerSpace {
  mode: Mode;
  database: Database;
  /** Where it is: a URL, or the folder of the embedded one. */
  place: string;
  stores: Stores;
  transact: Transact<Stores>;
  dispose(): Promise<void>;
}

export async function openLedgerSpace(mode: Mode): Promise<LedgerSpace> {
  const opened = mode === 'embedded' ? await openFolder() : await openServer();
  const { database } = opened;
  return {
    mode,
    ...opened,
    stores: composeStores(database.knex),
    transact: createTransact(database.knex),
    async dispose() {
      await database.close();
      await opened.remove();
    },
  };
}

async function openFolder() {
  const folder = await mkdtemp(path.join(tmpdir(), 'guoxue-ledger-'));
  const place = path.join(folder, 'database');
  await copyMigratedCluster(place);
  const database = await openEmbeddedDatabase({ directory: place });
  return { database, place, remove: () => rm(folder, { recursive: true, force: true }) };
}

async function openServer() {
  const { url, drop } = await createMigratedDatabase();
  const database = await openPostgres({ url, logger: silentLogger });
  return { database, place: url, remove: drop };
}

/** Nobody is in it any more, and nothing of anybody, although a ledger forgets nothing. */
export async function forgetEverybody({ database }: Pick<LedgerSpace, 'database'>): Promise<void> {
  await database.knex.transaction(async (within) => {
    await within.raw('set local session_replication_role = replica');
    await within.raw('truncate users, jobs cascade');
  });
}

/** A learner, with so many tokens. */
export async function newLearner(
  { database, transact }: Pick<LedgerSpace, 'database' | 'transact'>,
  tokens = 0,
  more: Record<string, unknown> = {},
): Promise<string> {
  const id = randomUUID();
  const email = `${id}@example.org`;
  await database.knex('users').insert({ id, email, nickname: '学生', role: 'learner', ...more });
  await transact(async ({ ledger }) => {
    await ledger.open(id);
    const about = { userId: id, reference: `signup:${id}`, reason: '注册赠送' };
    await ledger.post(journals.grant(tokens, about));
  });
  return id;
}

/** Fails unless every balance, every journal and all of them together add up. */
export async function expectSoundBooks({ stores }: Pick<LedgerSpace, 'stores'>): Promise<void> {
  const { totals, differing } = await stores.ledger.trialBalance();
  expect(differing).toEqual([]);
  expect(Object.values(totals).reduce((sum, amount) => sum + amount, 0)).toBe(0);
}
