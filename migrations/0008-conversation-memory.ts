import type { Knex } from 'knex';

/**
 * Answers in versions, the summary of what a conversation no longer repeats word by word, favourites
 * in the order they were marked, and what readers say of answers.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    alter table sessions
      add history_revision integer not null default 0,
      add title_origin text not null default 'learner'
        check (title_origin in ('none', 'question', 'model', 'learner'));
    alter table sessions alter title_origin set default 'none';

    alter table messages
      add question_id uuid references messages on delete cascade,
      add version integer not null default 1 check (version >= 1),
      add current boolean not null default true,
      add follow_ups jsonb not null default '[]',
      add truncated boolean not null default false,
      add prompt_version integer,
      add model text,
      add failure text check (failure in ('model_failed', 'content_rejected')),
      add favorited_at timestamptz(3);
    update messages answer set question_id = question.id
      from messages question
      where answer.role = 'assistant' and question.role = 'user'
        and question.session_id = answer.session_id and question.position = answer.position - 1;
    update messages set favorited_at = created_at where favorite;
    alter table messages drop constraint messages_session_id_position_key;
    alter table messages add constraint messages_version unique (session_id, position, version);
    alter table messages add constraint messages_favorited
      check (favorite = (favorited_at is not null));
    create unique index messages_current on messages (session_id, position) where current;
    create index messages_question on messages (question_id);
    create index messages_favorites on messages (session_id, favorited_at desc) where favorite;

    create table session_summaries (
      session_id uuid primary key references sessions on delete cascade,
      content text not null,
      up_to_position integer not null check (up_to_position > 0),
      updated_at timestamptz(3) not null default clock_timestamp()
    );

    create table feedback (
      message_id uuid primary key references messages on delete cascade,
      rating text not null check (rating in ('up', 'down')),
      comment text,
      created_at timestamptz(3) not null default clock_timestamp(),
      updated_at timestamptz(3) not null default clock_timestamp(),
      handled_at timestamptz(3),
      handled_by uuid references users on delete set null
    );
    create index feedback_newest on feedback (updated_at desc, message_id desc);
  `);
}

export async function down(knex: Knex): Promise<void> {
  await knex.raw(`
    drop table feedback, session_summaries;
    delete from messages where not current;
    alter table messages drop constraint messages_favorited;
    alter table messages drop constraint messages_version;
    drop index messages_current;
    alter table messages
      drop question_id, drop version, drop current, drop follow_ups, drop truncated,
      drop prompt_version, drop model, drop failure,
      drop favorited_at;
    alter table messages add constraint messages_session_id_position_key
      unique (session_id, position);
    alter table sessions drop history_revision, drop title_origin;
  `);
}
