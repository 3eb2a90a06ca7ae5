import type { Knex } from 'knex';
import { insertDefaults } from './0007-ledger-defaults.ts';

/**
 * The double-entry ledger. `balances` stays as what is kept of it for each user; what was recorded
 * before becomes journals with the ids it had.
 */
export async function up(knex: Knex): Promise<void> {
  await knex.raw(`
    create table ledger_journals (
      id uuid primary key,
      kind text not null check (kind in
        ('grant', 'recharge', 'consume', 'refund', 'adjust', 'reserve', 'settle', 'release')),
      reference text not null,
      user_id uuid not null references balances,
      amount bigint not null,
      balance_after bigint not null check (balance_after >= 0),
      reason text not null,
      message_id uuid,
      created_at timestamptz(3) not null default clock_timestamp(),
      unique (kind, reference)
    );
    create index ledger_journals_newest on ledger_journals (user_id, created_at desc, id desc)
      where amount <> 0;
    create index ledger_journals_spent on ledger_journals (user_id, created_at)
      where kind in ('consume', 'settle');
    create index ledger_journals_flows on ledger_journals (created_at)
      where kind in ('grant', 'recharge', 'consume', 'refund', 'settle');

    create table ledger_entries (
      journal_id uuid not null references ledger_journals,
      account text not null check (account in
        ('available', 'reserved', 'grants', 'recharge_clearing', 'revenue', 'adjustments')),
      user_id uuid,
      amount bigint not null check (amount <> 0),
      primary key (journal_id, account),
      check ((user_id is not null) = (account in ('available', 'reserved')))
    );
    create index ledger_entries_user on ledger_entries (user_id) where user_id is not null;

    create function journal_must_balance() returns trigger language plpgsql as $$
      begin
        if exists (select from added group by journal_id having sum(amount) <> 0) then
          raise exception 'the legs of a journal must sum to zero';
        end if;
        if exists (
          select from ledger_entries as entry join added using (journal_id)
          where not exists (select from added as own
            where own.journal_id = entry.journal_id and own.account = entry.account)
        ) then
          raise exception 'the legs of a journal are written at once';
        end if;
        return null;
      end
    $$;
    create trigger ledger_entries_balance after insert on ledger_entries
      referencing new table as added for each statement execute function journal_must_balance();
    create trigger ledger_journals_append_only before update or delete or truncate
      on ledger_journals for each statement execute function refuse_change();
    create trigger ledger_entries_append_only before update or delete or truncate
      on ledger_entries for each statement execute function refuse_change();

    insert into ledger_journals
        (id, kind, reference, user_id, amount, balance_after, reason, message_id, created_at)
      select id, type, coalesce(message_id, id)::text, user_id, amount, balance_after, reason,
        message_id, created_at
      from balance_transactions;
    insert into ledger_entries (journal_id, account, user_id, amount)
      select id, 'available', user_id, amount from balance_transactions where amount <> 0
      union all
      select id, case type when 'grant' then 'grants' when 'consume' then 'revenue'
          when 'adjust' then 'adjustments' else 'recharge_clearing' end, null, -amount
      from balance_transactions where amount <> 0;
    with held as (
      insert into ledger_journals
          (id, kind, reference, user_id, amount, balance_after, reason, message_id, created_at)
        select gen_random_uuid(), 'reserve', message_id::text, user_id, 0, balance, '提问预留',
          message_id, created_at
        from reservations join balances using (user_id)
        where status = 'held' and reservations.amount > 0
        returning id, message_id, user_id
    )
    insert into ledger_entries (journal_id, account, user_id, amount)
      select held.id, leg.account, held.user_id, leg.sign * reservations.amount
      from held join reservations using (message_id)
        cross join (values ('available', -1), ('reserved', 1)) as leg (account, sign);
    drop table balance_transactions;

    create table prices (
      id uuid primary key,
      model text not null check (model = lower(model)),
      currency text not null check (currency ~ '^[A-Z]{3}$'),
      effective_from timestamptz(3) not null,
      off_peak jsonb not null,
      peak jsonb not null,
      provider_off_peak jsonb not null,
      provider_peak jsonb not null,
      author_id uuid,
      created_at timestamptz(3) not null default clock_timestamp(),
      unique (model, effective_from)
    );
    create trigger prices_append_only before update or delete or truncate on prices
      for each statement execute function refuse_change();

    /* What a question was priced by when it was accepted: no later row reaches back to it. */
    alter table reservations
      add column model text,
      add column price_id uuid,
      add column peak boolean,
      add check ((model is null) = (price_id is null) and (model is null) = (peak is null));

    alter table users add column plan_until timestamptz(3);
    create index users_plan_end on users (plan_until) where plan_until is not null;

    create index reservations_newest on reservations (created_at);

    create table packages (
      id uuid primary key,
      title text not null,
      tokens bigint not null check (tokens > 0),
      amount_fen integer not null check (amount_fen > 0),
      /* A plan that comes with it, for so many days. */
      plan text check (plan in ('vip')),
      plan_days integer check (plan_days > 0),
      position integer not null default 0,
      retired_at timestamptz(3),
      created_at timestamptz(3) not null default clock_timestamp(),
      check ((plan is null) = (plan_days is null))
    );

    create table orders (
      id uuid primary key,
      user_id uuid not null references balances,
      package_id uuid references packages,
      channel text not null
        check (channel in ('wechat_native', 'wechat_jsapi', 'wechat_virtual', 'redeem_code')),
      /* What the provider knows the order by; ours, at most 32 characters. */
      trade_no text not null unique check (length(trade_no) between 8 and 32),
      status text not null check (status in ('pending', 'paid', 'closed', 'refunded')),
      amount_fen integer not null check (amount_fen >= 0),
      tokens bigint not null check (tokens > 0),
      plan text,
      plan_days integer,
      /* The provider's number for the payment; each counts once. */
      transaction_id text unique,
      payment jsonb,
      created_at timestamptz(3) not null default clock_timestamp(),
      expires_at timestamptz(3) not null,
      paid_at timestamptz(3),
      queried_at timestamptz(3)
    );
    create index orders_own on orders (user_id, created_at desc, id desc);
    create index orders_newest on orders (created_at desc, id desc);
    create index orders_pending on orders (created_at) where status = 'pending';
    create index orders_closed on orders (expires_at) where status = 'closed';
    create index orders_paid on orders (paid_at) where paid_at is not null;

    create table refunds (
      id uuid primary key,
      order_id uuid not null references orders,
      refund_no text not null unique check (length(refund_no) between 8 and 64),
      transaction_id text not null,
      amount_fen integer not null check (amount_fen > 0),
      tokens bigint not null check (tokens >= 0),
      /* As it was asked for; null for all that was left. */
      asked_fen integer,
      /* What of a plan's time was taken back with it. */
      plan_seconds integer not null default 0 check (plan_seconds >= 0),
      reason text not null,
      status text not null check (status in ('pending', 'succeeded', 'failed')),
      author_id uuid,
      created_at timestamptz(3) not null default clock_timestamp(),
      queried_at timestamptz(3),
      ended_at timestamptz(3)
    );
    create index refunds_order on refunds (order_id);
    create index refunds_pending on refunds (created_at) where status = 'pending';

    /* Each callback of a payment provider as it came, for whoever has to find out what happened. */
    create table payment_notices (
      id uuid primary key,
      channel text not null,
      trade_no text,
      outcome text not null,
      detail jsonb not null,
      created_at timestamptz(3) not null default clock_timestamp()
    );
    create index payment_notices_newest on payment_notices (created_at desc, id desc);
    create index payment_notices_order on payment_notices (trade_no) where trade_no is not null;

    create table redeem_batches (
      id uuid primary key,
      author_id uuid,
      note text not null default '',
      count integer not null check (count > 0),
      tokens bigint not null check (tokens > 0),
      expires_at timestamptz(3),
      revoked_at timestamptz(3),
      created_at timestamptz(3) not null default clock_timestamp()
    );
    create table redeem_codes (
      id uuid primary key,
      batch_id uuid not null references redeem_batches,
      code_hash text not null unique,
      /* The last four characters, to tell codes apart. */
      hint text not null,
      redeemed_by uuid references balances,
      redeemed_at timestamptz(3),
      check ((redeemed_by is null) = (redeemed_at is null))
    );
    create index redeem_codes_batch on redeem_codes (batch_id);

    /* What each answer used, written with its settlement; stays when its conversation is deleted. */
    create table answer_usage (
      message_id uuid primary key,
      user_id uuid not null references balances,
      model text not null,
      prompt_tokens bigint not null check (prompt_tokens >= 0),
      cached_tokens bigint not null check (cached_tokens >= 0),
      completion_tokens bigint not null check (completion_tokens >= 0),
      cost bigint not null check (cost >= 0),
      /* What the provider asks for it, in millionths of the currency. */
      currency text not null,
      provider_cost bigint not null check (provider_cost >= 0),
      ended_at timestamptz(3) not null default clock_timestamp()
    );
    create index answer_usage_ended on answer_usage (ended_at);
    create trigger answer_usage_append_only before update or delete or truncate
      on answer_usage for each statement execute function refuse_change();
    insert into answer_usage (message_id, user_id, model, prompt_tokens, cached_tokens,
        completion_tokens, cost, currency, provider_cost, ended_at)
      select message_id, user_id, coalesce(usage->>'model', 'unknown'),
        coalesce((usage->>'promptTokens')::bigint, 0), coalesce((usage->>'cachedTokens')::bigint, 0),
        coalesce((usage->>'completionTokens')::bigint, 0), -amount, 'CNY', 0,
        ledger_journals.created_at
      from ledger_journals left join messages on messages.id = message_id
      where kind = 'consume' and message_id is not null and amount <= 0;

    /* What was used, by the hour; made from answer_usage, so that it can be made again. */
    create table usage_hours (
      hour timestamptz(3) not null,
      user_id uuid not null references balances,
      model text not null,
      currency text not null,
      requests integer not null,
      prompt_tokens bigint not null,
      cached_tokens bigint not null,
      completion_tokens bigint not null,
      cost bigint not null,
      provider_cost bigint not null,
      primary key (hour, user_id, model, currency)
    );
    create index usage_hours_user on usage_hours (user_id, hour);

    /* What came in and went out, by the hour; made from ledger_journals, so that it can be made again. */
    create table ledger_hours (
      hour timestamptz(3) not null,
      kind text not null,
      amount bigint not null,
      primary key (hour, kind)
    );

    /* Statements that were sent, once for each month, and who wants neither them nor notices. */
    create table statements (
      user_id uuid not null references balances,
      month date not null,
      created_at timestamptz(3) not null default clock_timestamp(),
      primary key (user_id, month)
    );
    create table low_balance_notices (
      user_id uuid primary key references balances,
      noticed_at timestamptz(3) not null
    );
    alter table users add column billing_mails boolean not null default true;

    create table reconciliations (
      id uuid primary key,
      day date not null,
      kind text not null check (kind in ('ledger', 'usage', 'wechat_pay')),
      sound boolean not null,
      detail jsonb not null,
      created_at timestamptz(3) not null default clock_timestamp()
    );
    create index reconciliations_newest on reconciliations (created_at desc);
  `);
  await insertDefaults(knex);
}

export async function down(): Promise<void> {
  throw new Error('the ledger is append-only: what it holds cannot be taken back');
}
