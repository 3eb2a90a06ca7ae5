import type { Knex } from 'knex';

/**
 * A space is a collection of Chroma under one embedding, at one place: the Chroma server that all
 * share, or the one that a process keeps for itself. At each place questions are compared in one.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table vector_spaces (
      id uuid primary key,
      name text not null unique,
      place text not null,
      provider text not null,
      model text not null,
      dimension integer not null check (dimension > 0),
      state text not null check (state in ('active', 'building', 'refused', 'retired')),
      recall real,
      active_recall real,
      created_at timestamptz(3) not null default now(),
      activated_at timestamptz(3)
    );
    create unique index vector_spaces_one_active on vector_spaces (place) where state = 'active';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table vector_spaces');
}
