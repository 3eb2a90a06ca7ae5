import { z } from 'zod';
import type { Learner } from './service-client.ts';
import type { RunningService } from './start-service.ts';

const closed = z.object({ closesAt: z.iso.datetime() });

export const idOf = ({ login }: Learner) => login.user.id;

export async function close(who: Learner, body?: object): Promise<string> {
  return (await who.call('DELETE', '/api/user', body)).data(closed).closesAt;
}

/** What is only to be seen in the database, and what only time brings about. */
export function behindTheScenes(service: RunningService) {
  const { knex } = service.platform.database;
  return {
    knex,
    userRow: (who: Learner) =>
      knex('users')
        .where({ id: idOf(who) })
        .first(),
    ledgerOf: (who: Learner) =>
      knex('ledger_journals')
        .where({ user_id: idOf(who) })
        .orderBy('id'),
    /** As if the days of grace were over. */
    async letTimePass(who: Learner) {
      const closing_at = knex.raw(`now() - interval '2 minutes'`);
      await knex('users')
        .where({ id: idOf(who) })
        .update({ closing_at });
    },
    eraseDue: () => service.services.accounts.erasure.eraseDue(AbortSignal.timeout(20_000)),
  };
}
