import type { Knex } from 'knex';
import { createLedgerStore } from '../ledger/ledger-store.ts';
import { COUNTED } from './flow-store.ts';
import { comparedHours, differingHours, NAMED } from './hour-comparison.ts';
import type { LedgerReading, OrderDifference, RefundDifference } from './reconciliation.ts';

const UNSOUND_JOURNALS = `
  select journals.id from ledger_journals as journals
    left join ledger_entries as entries on entries.journal_id = journals.id
  group by journals.id, journals.amount
  having coalesce(sum(entries.amount), 0) <> 0
    or coalesce(sum(entries.amount) filter (where entries.user_id is not null), 0) <> journals.amount
  limit ${NAMED}`;

const DIFFERING_HOLDS = `
  select user_id, coalesce(set_aside, 0) as reservations, coalesce(held, 0) as kept
  from (select user_id, sum(amount) as set_aside from reservations where status = 'held'
      group by user_id) as reserved
    full join (select user_id, held from balances where held <> 0) as balances using (user_id)
  where coalesce(set_aside, 0) <> coalesce(held, 0)
  limit ${NAMED}`;

/** What was paid for an account that is erased went back by itself, and credited nothing. */
const WENT_BACK = `
  exists (select from users where users.id = paid.user_id and erased_at is not null)
  and exists (select from refunds where refunds.order_id = paid.id
    and refunds.transaction_id = paid.transaction_id and author_id is null and refunds.tokens = 0)`;

/** The tokens went to whoever made the order, or has that account now. */
const WENT_TO_ITS_OWNER = `
  credited.user_id = paid.user_id or credited.user_id in (
    with recursive heirs as (
      select id, merged_into from users where id = paid.user_id
      union
      select users.id, users.merged_into from heirs join users on users.id = heirs.merged_into
    ) select id from heirs)`;

const DIFFERING_ORDERS = `
  with paid as (select * from orders where status in ('paid', 'refunded')),
    credited as (select * from ledger_journals where kind = 'recharge')
  select coalesce(paid.id::text, credited.reference) as order_id, paid.trade_no,
    coalesce(credited.user_id, paid.user_id) as user_id, paid.tokens, credited.amount as ledger
  from paid full join credited on credited.reference = paid.id::text
  where case
    when paid.id is null then true
    when credited.id is null then not (${WENT_BACK})
    else credited.amount <> paid.tokens or not (${WENT_TO_ITS_OWNER})
  end
  limit ${NAMED}`;

/** A refund takes tokens when it begins; one that fails gives them back. */
const DIFFERING_REFUNDS = `
  with due as (
    select id::text as reference, order_id, 'refund' as kind, -tokens as tokens
      from refunds where tokens > 0
    union all
    select id::text, order_id, 'adjust', tokens from refunds where tokens > 0 and status = 'failed'
  ), posted as (
    select kind, reference, amount from ledger_journals where kind = 'refund'
      or (kind = 'adjust' and reference in (select id::text from refunds))
  )
  select coalesce(due.reference, posted.reference) as refund_id, orders.trade_no,
    due.tokens, posted.amount as ledger
  from due full join posted on posted.kind = due.kind and posted.reference = due.reference
    left join refunds on refunds.id::text = coalesce(due.reference, posted.reference)
    left join orders on orders.id = refunds.order_id
  where due.tokens is distinct from posted.amount
  limit ${NAMED}`;

const DIFFERING_FLOWS = differingHours({
  table: 'ledger_hours',
  counted: `select date_trunc('hour', created_at, 'UTC') as hour, kind, sum(amount) as amount
    from ledger_journals where ${COUNTED} and created_at < :until group by 1, 2`,
  keys: ['hour', 'kind'],
  sums: ['amount'],
});

/** Within a snapshot of everything. */
export async function readLedger(knex: Knex, currentHour: Date): Promise<LedgerReading> {
  const trial = await createLedgerStore(knex).trialBalance();
  const [set] = await knex('reservations').where({ status: 'held' }).sum({ aside: 'amount' });
  const [kept] = await knex('balances').sum({ held: 'held' });
  const rowsOf = async <Row>(sql: string, bindings = {}): Promise<Row[]> =>
    (await knex.raw(sql, bindings)).rows;
  const journals = await rowsOf<{ id: string }>(UNSOUND_JOURNALS);
  const holds = await rowsOf<StoredHold>(DIFFERING_HOLDS);
  const orders = await rowsOf<StoredOrder>(DIFFERING_ORDERS);
  const refunds = await rowsOf<StoredRefund>(DIFFERING_REFUNDS);
  const hours = await rowsOf<{ hour: Date }>(DIFFERING_FLOWS, comparedHours(currentHour));
  return {
    trial,
    reservations: Number(set?.aside ?? 0),
    keptHeld: Number(kept?.held ?? 0),
    holding: holds.map((row) => ({
      ...{ userId: row.user_id, reservations: Number(row.reservations), kept: Number(row.kept) },
    })),
    unsoundJournals: journals.map(({ id }) => id),
    orders: orders.map(toOrderDifference),
    refunds: refunds.map(toRefundDifference),
    flowHours: hours.map(({ hour }) => hour),
  };
}

/** How the database spells it: bigints come as text. */
interface StoredTokens {
  trade_no: string | null;
  tokens: string | null;
  ledger: string | null;
}
type StoredHold = { user_id: string; reservations: string; kept: string };
type StoredOrder = StoredTokens & { order_id: string; user_id: string };
type StoredRefund = StoredTokens & { refund_id: string };

const wholeOrNone = (value: string | null) => (value === null ? null : Number(value));

function toOrderDifference(row: StoredOrder): OrderDifference {
  const amounts = { tokens: wholeOrNone(row.tokens), ledger: wholeOrNone(row.ledger) };
  return { orderId: row.order_id, tradeNo: row.trade_no, userId: row.user_id, ...amounts };
}

function toRefundDifference(row: StoredRefund): RefundDifference {
  const amounts = { tokens: wholeOrNone(row.tokens), ledger: wholeOrNone(row.ledger) };
  return { refundId: row.refund_id, tradeNo: row.trade_no, ...amounts };
}
