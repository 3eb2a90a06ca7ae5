import type { Knex } from 'knex';

/**
 * What a job was asked for in: ids of the request, the user, the answer and the trace, so that what a
 * worker logs of it can be found beside what the API logged.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw('alter table jobs add column origin jsonb');
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('alter table jobs drop column origin');
}
