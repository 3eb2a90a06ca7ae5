import type { Knex } from 'knex';

/**
 * What a document was called, and who was said to have written it, when it came: by that the next file of
 * it is known, whatever an administrator has corrected since.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table document_versions add column uploaded_title text;
    alter table document_versions add column uploaded_author text;
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table document_versions drop column uploaded_title, drop column uploaded_author;
  `);
}
