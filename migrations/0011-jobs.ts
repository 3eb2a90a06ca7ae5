import type { Knex } from 'knex';

/**
 * Jobs that people start, watch, cancel and repeat. `lease_token` tells the worker that holds a job
 * from one that held it before; `changes` numbers what listeners see; `stage_at` and `stage_from` are
 * when and where the current stage began, for the time that is left. `lapses` counts workers that
 * died over it. Totals outlive the rows they count.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table jobs
      add column subject_id uuid,
      add column cancel_requested_at timestamptz(3),
      add column started_at timestamptz(3),
      add column progress_at timestamptz(3),
      add column stage_at timestamptz(3),
      add column stage_from integer not null default 0,
      add column lease_token uuid,
      add column lapses integer not null default 0,
      add column changes integer not null default 0,
      add column result jsonb;
    create index jobs_of_subject on jobs (subject_id, created_at) where subject_id is not null;
    create index jobs_by_time on jobs (created_at, id);
    create index jobs_failed on jobs (created_at, id) where status = 'failed';
    create table job_totals (
      kind text not null,
      outcome text not null check (outcome in ('done', 'failed', 'cancelled')),
      jobs bigint not null,
      seconds double precision not null,
      primary key (kind, outcome)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table job_totals;
    drop index jobs_by_time;
    drop index jobs_failed;
    alter table jobs
      drop column subject_id,
      drop column cancel_requested_at,
      drop column started_at,
      drop column progress_at,
      drop column stage_at,
      drop column stage_from,
      drop column lease_token,
      drop column lapses,
      drop column changes,
      drop column result;
  `);
}
