import type { Knex } from 'knex';
import { comparedHours, differingHours, NAMED } from './hour-comparison.ts';
import type { UsageReading } from './reconciliation.ts';

const DIFFERING_ANSWERS = `
  select coalesce(journals.message_id, usage.message_id) as message_id,
    usage.cost as usage, -journals.amount as ledger
  from (select message_id, amount from ledger_journals
      where kind in ('consume', 'settle') and message_id is not null and amount <> 0) as journals
    full join (select message_id, cost from answer_usage where cost <> 0) as usage
      on usage.message_id = journals.message_id
  where usage.cost is distinct from -journals.amount
  limit ${NAMED}`;

const SUMS = ['prompt_tokens', 'cached_tokens', 'completion_tokens', 'cost', 'provider_cost'];

const DIFFERING_HOURS = differingHours({
  table: 'usage_hours',
  counted: `select date_trunc('hour', ended_at, 'UTC') as hour, user_id, model, currency,
      count(*) as requests, ${SUMS.map((sum) => `sum(${sum}) as ${sum}`).join(', ')}
    from answer_usage where ended_at < :until group by 1, 2, 3, 4`,
  keys: ['hour', 'user_id', 'model', 'currency'],
  sums: ['requests', ...SUMS],
});

/** Within a snapshot of everything. */
export async function readUsage(knex: Knex, currentHour: Date): Promise<UsageReading> {
  const answers = await knex.raw(DIFFERING_ANSWERS);
  const hours = await knex.raw(DIFFERING_HOURS, comparedHours(currentHour));
  return {
    answers: answers.rows.map((row: DifferingAnswer) => ({
      messageId: row.message_id,
      usage: row.usage === null ? null : Number(row.usage),
      ledger: row.ledger === null ? null : Number(row.ledger),
    })),
    hours: hours.rows.map(({ hour }: { hour: Date }) => hour),
  };
}

interface DifferingAnswer {
  message_id: string;
  usage: string | null;
  ledger: string | null;
}
