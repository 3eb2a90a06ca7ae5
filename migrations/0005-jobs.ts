import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table jobs (
      id uuid primary key,
      kind text not null,
      payload jsonb not null,
      dedupe_key text,
      status text not null default 'queued'
        check (status in ('queued', 'running', 'done', 'failed', 'cancelled')),
      stage text,
      done integer not null default 0,
      total integer not null default 0,
      attempts integer not null default 0,
      max_attempts integer not null,
      error text,
      run_after timestamptz(3) not null default now(),
      lease_until timestamptz(3),
      created_at timestamptz(3) not null default clock_timestamp(),
      finished_at timestamptz(3)
    );
    create unique index jobs_one_unfinished
      on jobs (kind, dedupe_key) where status in ('queued', 'running');
    create index jobs_due on jobs (run_after) where status in ('queued', 'running');
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table jobs');
}
