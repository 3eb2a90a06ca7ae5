import type { Knex } from 'knex';

/**
 * A document is what an administrator uploads; published, it is a work. Its versions each have a file
 * and what was found in it; `version` is the one that is shown and worked on, `published_version` the
 * one that is in the library, which stays as it is until another takes its place. `run_id` is whoever
 * works on the document now: who finds another there has been replaced and writes nothing more.
 */
export async function up(knex: Knex): Promise<void> {
  await createDocuments(knex);
  await createStaging(knex);
  await extendLibrary(knex);
}

async function createDocuments(knex: Knex): Promise<void> {
  await knex.raw(`
    create table documents (
      id uuid primary key,
      status text not null
        check (status in ('queued', 'processing', 'preview', 'published', 'failed', 'cancelled')),
      version integer not null,
      last_version integer not null,
      published_version integer,
      work_id uuid references works on delete set null,
      run_id uuid,
      job_id uuid,
      error text,
      created_by uuid references users on delete set null,
      created_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      published_at timestamptz(3)
    );
    create index documents_newest on documents (created_at desc, id desc);
    create table document_aliases (
      id uuid primary key,
      document_id uuid not null references documents on delete cascade
    );
    create index document_aliases_of on document_aliases (document_id);
    create table document_files (
      id uuid primary key,
      name text not null,
      format text not null,
      byte_size integer not null,
      hash text not null,
      created_at timestamptz(3) not null default clock_timestamp()
    );
    create index document_files_hash on document_files (hash);
    create table document_file_chunks (
      file_id uuid not null references document_files on delete cascade,
      n integer not null,
      bytes bytea not null,
      primary key (file_id, n)
    );
    alter table document_file_chunks alter column bytes set storage external;
    create table document_versions (
      document_id uuid not null references documents on delete cascade,
      version integer not null,
      file_id uuid not null references document_files,
      purpose text not null check (purpose in ('upload', 'correction', 'reindex')),
      keeps_twin boolean not null default false,
      title text not null,
      read_title text not null,
      author text,
      dynasty text,
      category text not null,
      form text,
      corrections jsonb not null default '{"chapters":[]}',
      encoding text,
      content_hash text,
      shown_hash text,
      report jsonb,
      duplicates jsonb,
      chapter_count integer not null default 0,
      passage_count integer not null default 0,
      character_count integer not null default 0,
      embedded jsonb not null default '{}',
      created_at timestamptz(3) not null default clock_timestamp(),
      primary key (document_id, version)
    );
    create index document_versions_file on document_versions (file_id);
    create index document_versions_content on document_versions (content_hash);
  `);
}

async function createStaging(knex: Knex): Promise<void> {
  await knex.raw(`
    create table staged_chapters (
      document_id uuid not null,
      version integer not null,
      ordinal integer not null,
      id uuid not null,
      n integer not null,
      title text not null,
      author text,
      dynasty text,
      form text not null,
      passage_count integer not null,
      character_count integer not null,
      opening text not null,
      skipped boolean not null,
      primary key (document_id, version, ordinal),
      foreign key (document_id, version) references document_versions on delete cascade
    );
    -- Without a foreign key: it would cost as much as the rows themselves. See the library check.
    create table staged_passages (
      document_id uuid not null,
      version integer not null,
      place integer not null,
      id uuid not null,
      chapter_id uuid not null,
      n integer not null,
      text text not null,
      translation text,
      text_hash text not null,
      primary key (document_id, version, place)
    );
    create index staged_passages_id on staged_passages (id);
  `);
}

async function extendLibrary(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table passages add column text_hash text;
    create index passages_text_hash on passages (text_hash);
    create table retired_passages (
      id uuid primary key,
      work_id uuid not null references works on delete cascade,
      chapter_title text not null,
      text text not null,
      retired_at timestamptz(3) not null default now()
    );
    create index retired_passages_work on retired_passages (work_id);
    create table passage_readings (
      passage_id uuid not null,
      work_id uuid not null references works on delete cascade,
      source text not null check (source in ('document', 'machine', 'editorial')),
      text_hash text not null,
      translation text,
      gist text,
      themes jsonb not null default '[]',
      questions jsonb not null default '[]',
      notes jsonb not null default '[]',
      doubt text,
      model text,
      created_at timestamptz(3) not null default now(),
      primary key (passage_id, source)
    );
    create index passage_readings_work on passage_readings (work_id, source);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table passage_readings, retired_passages;
    alter table passages drop column text_hash;
    drop table staged_passages, staged_chapters;
    drop table document_versions, document_file_chunks, document_files, document_aliases, documents;
  `);
}
