import type { Knex } from 'knex';

/** What readers found wrong in what is said of a passage. Goes with the account that said it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table reading_reports (
      id uuid primary key,
      passage_id uuid not null,
      work_id uuid not null references works on delete cascade,
      user_id uuid not null references users on delete cascade,
      comment text not null,
      created_at timestamptz(3) not null default clock_timestamp(),
      handled_at timestamptz(3),
      handled_by uuid
    );
    create index reading_reports_newest on reading_reports (created_at desc, id desc);
    create index reading_reports_of_user on reading_reports (user_id);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table reading_reports');
}
