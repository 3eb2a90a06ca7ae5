import type { Knex } from 'knex';

/** The checks make it impossible to spend or promise more than there is, whatever the code does. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table balances (
      user_id uuid primary key references users on delete cascade,
      balance bigint not null check (balance >= 0),
      held bigint not null default 0 check (held >= 0),
      check (held <= balance)
    );
    create table reservations (
      message_id uuid primary key,
      user_id uuid not null references balances,
      amount bigint not null check (amount >= 0),
      status text not null default 'held' check (status in ('held', 'settled', 'released')),
      created_at timestamptz(3) not null default clock_timestamp(),
      ended_at timestamptz(3)
    );
    create index reservations_held on reservations (created_at) where status = 'held';
    create table balance_transactions (
      id uuid primary key,
      user_id uuid not null references balances,
      type text not null check (type in ('grant', 'recharge', 'consume', 'refund', 'adjust')),
      amount bigint not null,
      balance_after bigint not null check (balance_after >= 0),
      reason text not null,
      message_id uuid unique,
      created_at timestamptz(3) not null default clock_timestamp()
    );
    create index balance_transactions_newest
      on balance_transactions (user_id, created_at desc, id desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table balance_transactions, reservations, balances');
}
