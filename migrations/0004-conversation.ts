import type { Knex } from 'knex';

/** `messages_one_running` is what makes a second question to a busy session a conflict. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table sessions (
      id uuid primary key,
      user_id uuid not null references users on delete cascade,
      title text not null,
      mode text not null check (mode in ('qa', 'explain', 'translate', 'socratic')),
      archived boolean not null default false,
      message_count integer not null default 0,
      created_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      last_message_at timestamptz(3)
    );
    create index sessions_newest
      on sessions (user_id, (coalesce(last_message_at, created_at)) desc, id desc);
    create table messages (
      id uuid primary key,
      session_id uuid not null references sessions on delete cascade,
      position integer not null,
      role text not null check (role in ('user', 'assistant')),
      content text not null,
      status text not null check (status in ('streaming', 'complete', 'stopped', 'failed')),
      citations jsonb not null default '[]',
      quotes jsonb not null default '[]',
      usage jsonb,
      favorite boolean not null default false,
      owner text,
      lease_until timestamptz(3),
      created_at timestamptz(3) not null default clock_timestamp(),
      unique (session_id, position)
    );
    create unique index messages_one_running on messages (session_id) where status = 'streaming';
    create index messages_leases on messages (lease_until) where status = 'streaming';
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table messages, sessions');
}
