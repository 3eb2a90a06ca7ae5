import { composeStores } from '../../backend/compose-stores.ts';
import { openPostgres } from '../../backend/platform/database/postgres-database.ts';
import { silentLogger } from './redis-space.ts';

/** What is wrong with the books of a site after whatever happened to it; nothing, if all is exact. */
export async function faultsInBooks(
  url: string,
  consumed: ReadonlyMap<string, number>,
): Promise<string[]> {
  const database = await openPostgres({ url, logger: silentLogger });
  try {
    const { knex } = database;
    const faults: string[] = [];
    const { totals, differing } = await composeStores(knex).ledger.trialBalance();
    const sum = Object.values(totals).reduce((all, total) => all + total, 0);
    if (sum !== 0) faults.push(`all entries together are ${sum}`);
    if (differing.length > 0) faults.push(`${differing.length} balances differ from their entries`);
    const [held] = await knex('reservations').where({ status: 'held' }).count({ count: '*' });
    if (Number(held?.count) !== 0) faults.push(`${held?.count} reservations are still held`);
    const [unpaid] = await knex('messages')
      .leftJoin('answer_usage', 'answer_usage.message_id', 'messages.id')
      .where({ role: 'assistant', status: 'complete', 'answer_usage.message_id': null })
      .count({ count: '*' });
    if (Number(unpaid?.count) !== 0) faults.push(`${unpaid?.count} whole answers were not settled`);
    for (const [userId, expected] of consumed) {
      const [row] = await knex('ledger_journals')
        .where({ user_id: userId, kind: 'consume', message_id: null })
        .sum({ spent: 'amount' });
      if (-Number(row?.spent) !== expected) {
        faults.push(`somebody spent ${expected} and was charged ${-Number(row?.spent)}`);
      }
    }
    return faults;
  } finally {
    await database.close();
  }
}
