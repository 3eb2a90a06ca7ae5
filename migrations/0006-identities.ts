import type { Knex } from 'knex';

/**
 * Logins by device, WeChat identities, mails with one-use tokens, throttles, the two logs.
 * A family of refresh tokens becomes a row of its own, `logins`; families that are alive are kept.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table users
      drop constraint if exists users_check,
      add column closing_at timestamptz(3),
      add column erased_at timestamptz(3),
      add column merged_into uuid references users;
    create index users_closing on users (closing_at)
      where closing_at is not null and erased_at is null;
    create index users_guests on users (created_at) where role = 'guest' and erased_at is null;
    create index users_merged on users (merged_into) where merged_into is not null;
    create index reservations_own on reservations (user_id, created_at);
    create index users_newest on users (created_at desc, id desc);

    create table logins (
      id uuid primary key,
      user_id uuid not null references users on delete cascade,
      method text not null
        check (method in ('password', 'register', 'guest', 'wechat_miniprogram', 'wechat_web')),
      agent text not null default '',
      address text not null default '',
      /* Our own page keeps its refresh token in a cookie; others keep it themselves. */
      from_page boolean not null default false,
      created_at timestamptz(3) not null default clock_timestamp(),
      last_used_at timestamptz(3) not null default clock_timestamp(),
      ended_at timestamptz(3)
    );
    create index logins_user on logins (user_id);
    insert into logins (id, user_id, method, created_at, last_used_at)
      select family_id, min(user_id::text)::uuid, 'password', min(created_at), max(created_at)
      from refresh_tokens group by family_id;
    alter table refresh_tokens
      add column successor_hash text,
      add foreign key (family_id) references logins on delete cascade;

    create table email_tokens (
      token_hash text primary key,
      user_id uuid not null references users on delete cascade,
      purpose text not null check (purpose in ('verify_email', 'reset_password')),
      email text not null check (email = lower(email)),
      expires_at timestamptz(3) not null
    );
    create index email_tokens_user on email_tokens (user_id);
    create index email_tokens_expiry on email_tokens (expires_at);

    create table wechat_identities (
      app_id text not null,
      openid text not null,
      unionid text,
      user_id uuid not null references users on delete cascade,
      client text not null check (client in ('miniprogram', 'web')),
      session_key_sealed text,
      linked_at timestamptz(3) not null default clock_timestamp(),
      primary key (app_id, openid)
    );
    create index wechat_identities_union on wechat_identities (unionid) where unionid is not null;
    create index wechat_identities_user on wechat_identities (user_id);

    create table wechat_states (
      state_hash text primary key,
      browser_hash text not null,
      expires_at timestamptz(3) not null
    );
    create index wechat_states_expiry on wechat_states (expires_at);

    create table wechat_welcomes (
      key_hash text primary key,
      welcomed_at timestamptz(3) not null default clock_timestamp()
    );

    create table login_throttles (
      key_hash text primary key,
      failures integer not null check (failures >= 0),
      locked_until timestamptz(3),
      last_failed_at timestamptz(3) not null
    );
    create index login_throttles_age on login_throttles (last_failed_at);

    create table login_attempts (
      id uuid primary key,
      user_id uuid references users on delete set null,
      at timestamptz(3) not null default clock_timestamp(),
      method text not null
        check (method in ('password', 'register', 'guest', 'wechat_miniprogram', 'wechat_web')),
      address text not null,
      agent text not null,
      result text not null
        check (result in ('success', 'wrong_password', 'locked', 'disabled', 'wechat_refused'))
    );
    create index login_attempts_own on login_attempts (user_id, at desc, id desc);
    create index login_attempts_age on login_attempts (at);

    create table guest_allowances (
      key_hash text not null,
      day date not null,
      granted bigint not null check (granted >= 0),
      primary key (key_hash, day)
    );

    create table avatars (
      id uuid primary key,
      user_id uuid not null unique references users on delete cascade,
      media_type text not null,
      image bytea not null
    );

    create table audit_log (
      id uuid primary key,
      at timestamptz(3) not null default clock_timestamp(),
      actor_id uuid,
      action text not null,
      target_type text not null,
      target_id text not null,
      detail jsonb not null,
      address text
    );
    create index audit_log_newest on audit_log (at desc, id desc);
    create index audit_log_target on audit_log (target_id, at desc);
    create function refuse_change() returns trigger language plpgsql as $$
      begin
        raise exception '% is append-only', tg_table_name;
      end
    $$;
    create trigger audit_log_append_only before update or delete or truncate on audit_log
      for each statement execute function refuse_change();
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table audit_log, avatars, guest_allowances, login_attempts, login_throttles, wechat_states,
      wechat_identities, wechat_welcomes, email_tokens;
    drop function refuse_change();
    alter table refresh_tokens drop constraint refresh_tokens_family_id_fkey,
      drop column successor_hash;
    drop table logins;
    delete from users where role <> 'guest' and email is null;
    drop index reservations_own, users_newest;
    alter table users drop column closing_at, drop column erased_at, drop column merged_into,
      add constraint users_check check (role = 'guest' or email is not null);
  `);
}
