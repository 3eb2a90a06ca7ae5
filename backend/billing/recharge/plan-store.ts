import type { Knex } from 'knex';

/** Time of a plan that comes with an order, and goes with it. A plan without an end keeps having none. */
export interface PlanStore {
  /** From now, or from where a plan that still runs would have ended. */
  extend(userId: string, seconds: number): Promise<void>;
  /** Takes so much of what is left, at most all of it; how much that was. */
  shorten(userId: string, seconds: number): Promise<number>;
}

const SECONDS = `? * interval '1 second'`;

/** Methods must run in a transaction that holds the balance of the user. */
export function createPlanStore(knex: Knex): PlanStore {
  return {
    async extend(userId, seconds) {
      if (seconds === 0) return;
      await knex.raw(
        `update users set plan = 'vip', plan_until =
           case when plan = 'vip' and plan_until is null then null
             else greatest(now(), case when plan = 'vip' then plan_until end) + ${SECONDS} end
         where id = ?`,
        [seconds, userId],
      );
    },
    async shorten(userId, seconds) {
      const { rows } = await knex.raw(
        `select greatest(0, floor(extract(epoch from plan_until - now())))::integer as left
         from users where id = ? and plan = 'vip' and plan_until is not null`,
        [userId],
      );
      const taken = Math.min(seconds, Number(rows[0]?.left ?? 0));
      if (taken === 0) return 0;
      await knex.raw(`update users set plan_until = plan_until - ${SECONDS} where id = ?`, [
        taken,
        userId,
      ]);
      return taken;
    },
  };
}
