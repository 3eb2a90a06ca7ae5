import type { Knex } from 'knex';

export interface Stats {
  users: { total: number; guests: number; learners: number; admins: number };
  /** Who asked something. */
  active: { today: number; sevenDays: number };
  questions: { today: number; total: number };
  /** What was paid, less what was paid back; in hundredths of a yuan. */
  revenueFen: number;
  runningAnswers: number;
  jobs: Record<'queued' | 'running' | 'done' | 'failed' | 'cancelled', number>;
}

export interface StatsStore {
  read(since: { day: Date; sevenDays: Date }): Promise<Stats>;
  /** What was paid less what was paid back, by day of Beijing's calendar. */
  revenueByDay(period: { from: Date; to: Date }): Promise<Map<string, number>>;
}

/**
 * Refunds of what an order was paid with. A second payment for the same order goes back by itself; it
 * was never income.
 */
const REFUNDED = `refunds join orders on orders.id = order_id
  and orders.transaction_id = refunds.transaction_id where refunds.status = 'succeeded'`;

const COUNTS = `
  select
    (select count(*) from users where role = 'guest' and not gone) as guests,
    (select count(*) from users where role = 'learner' and not gone) as learners,
    (select count(*) from users where role = 'admin' and not gone) as admins,
    (select count(distinct user_id) from reservations where created_at >= :day) as active_today,
    (select count(distinct user_id) from reservations where created_at >= :sevenDays)
      as active_seven_days,
    (select count(*) from reservations where created_at >= :day) as questions_today,
    (select count(*) from reservations) as questions,
    (select coalesce(sum(amount_fen), 0) from orders where paid_at is not null) as paid,
    (select coalesce(sum(refunds.amount_fen), 0) from ${REFUNDED}) as refunded,
    (select count(*) from messages where status = 'streaming') as running_answers`.replaceAll(
  'not gone',
  'erased_at is null and merged_into is null',
);

const DAY = (column: string) =>
  `to_char(${column} at time zone 'UTC' + interval '8 hours', 'YYYY-MM-DD')`;

const REVENUE = `
  select day, sum(fen) as fen from (
    select ${DAY('paid_at')} as day, amount_fen as fen from orders
      where paid_at >= :from and paid_at < :to
    union all
    select ${DAY('refunds.ended_at')}, -refunds.amount_fen from ${REFUNDED}
      and refunds.ended_at >= :from and refunds.ended_at < :to
  ) as flows group by day`;

export function createStatsStore(knex: Knex): StatsStore {
  return {
    async read(since) {
      const { rows } = await knex.raw(COUNTS, since);
      const row: Record<string, string> = rows[0];
      const count = (name: string) => Number(row[name] ?? 0);
      const [guests, learners, admins] = [count('guests'), count('learners'), count('admins')];
      return {
        users: { total: guests + learners + admins, guests, learners, admins },
        active: { today: count('active_today'), sevenDays: count('active_seven_days') },
        questions: { today: count('questions_today'), total: count('questions') },
        revenueFen: count('paid') - count('refunded'),
        runningAnswers: count('running_answers'),
        jobs: await readJobs(knex),
      };
    },
    async revenueByDay(period) {
      const { rows } = await knex.raw(REVENUE, { ...period });
      return new Map(rows.map((row: { day: string; fen: string }) => [row.day, Number(row.fen)]));
    },
  };
}

async function readJobs(knex: Knex): Promise<Stats['jobs']> {
  const rows: { status: string; count: string }[] = await knex('jobs')
    .groupBy('status')
    .select('status', knex.raw('count(*)'));
  const counted = Object.fromEntries(rows.map(({ status, count }) => [status, Number(count)]));
  return { queued: 0, running: 0, done: 0, failed: 0, cancelled: 0, ...counted };
}
