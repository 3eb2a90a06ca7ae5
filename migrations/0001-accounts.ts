import type { Knex } from 'knex';

/** Times are kept to the millisecond, so that a cursor made from a JavaScript Date loses nothing. */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table users (
      id uuid primary key,
      email text unique check (email = lower(email)),
      password_hash text,
      email_verified boolean not null default false,
      nickname text not null,
      avatar_url text,
      role text not null check (role in ('guest', 'learner', 'admin')),
      plan text not null default 'free' check (plan in ('free', 'vip')),
      disabled_at timestamptz(3),
      created_at timestamptz(3) not null default now(),
      check (role = 'guest' or email is not null)
    );
    create table refresh_tokens (
      token_hash text primary key,
      family_id uuid not null,
      user_id uuid not null references users on delete cascade,
      created_at timestamptz(3) not null default now(),
      expires_at timestamptz(3) not null,
      used_at timestamptz(3)
    );
    create index refresh_tokens_family on refresh_tokens (family_id);
    create index refresh_tokens_user on refresh_tokens (user_id);
    create table idempotency_keys (
      user_id uuid not null references users on delete cascade,
      route text not null,
      key text not null,
      body_hash text not null,
      reply jsonb,
      created_at timestamptz(3) not null default now(),
      primary key (user_id, route, key)
    );
    create index idempotency_keys_age on idempotency_keys (created_at);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw('drop table idempotency_keys, refresh_tokens, users');
}
