import type { Knex } from 'knex';

/** A difference stays an alarm until an administrator has taken note of it. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table reconciliations
      add column acknowledged_at timestamptz(3),
      add column acknowledged_by uuid,
      add check (acknowledged_at is null or not sound),
      add check ((acknowledged_by is null) = (acknowledged_at is null));
    create index reconciliations_alarms on reconciliations (kind, created_at)
      where not sound and acknowledged_at is null;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table reconciliations drop column acknowledged_at, drop column acknowledged_by;
  `);
}
