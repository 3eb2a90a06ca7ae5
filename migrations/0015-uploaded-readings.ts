import type { Knex } from 'knex';

/** What people wrote of an uploaded text is kept apart from what came in its file and from what AI wrote. */
export async function up(knex: Knex): Promise<void> {
  await allow(knex, ['document', 'machine', 'editorial', 'uploaded']);
}

export async function down(knex: Knex): Promise<void> {
  await knex('passage_readings').where({ source: 'uploaded' }).update({ source: 'editorial' });
  await allow(knex, ['document', 'machine', 'editorial']);
}

async function allow(knex: Knex, sources: readonly string[]): Promise<void> {
  const list = sources.map((source) => `'${source}'`).join(', ');
  await knex.raw(`
    alter table passage_readings drop constraint passage_readings_source_check;
    alter table passage_readings add constraint passage_readings_source_check
      check (source in (${list}));
  `);
}
