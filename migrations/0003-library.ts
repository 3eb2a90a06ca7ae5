import type { Knex } from 'knex';

export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table works (
      id uuid primary key,
      slug text not null unique,
      position integer not null,
      title text not null,
      author text,
      dynasty text,
      category text not null,
      aliases jsonb not null,
      content_hash text not null,
      chapter_count integer not null,
      passage_count integer not null,
      character_count integer not null,
      created_at timestamptz(3) not null default now(),
      updated_at timestamptz(3) not null default now()
    );
    create table chapters (
      id uuid primary key,
      work_id uuid not null references works on delete cascade,
      n integer not null,
      title text not null,
      author text,
      dynasty text,
      passage_count integer not null
    );
    create index chapters_of_work on chapters (work_id, n);
    create table passages (
      id uuid primary key,
      work_id uuid not null references works on delete cascade,
      chapter_id uuid not null references chapters on delete cascade,
      n integer not null,
      text text not null
    );
    create index passages_of_chapter on passages (chapter_id, n);
    create index passages_of_work on passages (work_id);
    create table work_vectors (
      work_id uuid not null references works on delete cascade,
      collection text not null,
      content_hash text not null,
      embedded_at timestamptz(3) not null default now(),
      primary key (work_id, collection)
    );
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table work_vectors, passages, chapters, works');
}
