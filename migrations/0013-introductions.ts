import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table works add column introduction text');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table works drop column introduction');
}
