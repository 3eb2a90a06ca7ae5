import type { Knex } from 'knex';
import type { Stores } from '../../backend/compose-stores.ts';

type Charges = Pick<Stores, 'charges'>;

const MODEL = 'one-for-one';
const RATES = { cached: 1_000, prompt: 1_000, completion: 1_000 };

/** A model that costs one balance token a token, at any hour. */
export async function priceOneForOne(knex: Knex): Promise<void> {
  const rates = JSON.stringify(RATES);
  await knex('prices').insert({
    id: knex.raw('gen_random_uuid()'),
    ...{ model: MODEL, currency: 'CNY', effective_from: '2026-01-01T00:00:00Z' },
    ...{ off_peak: rates, peak: rates, provider_off_peak: rates, provider_peak: rates },
  });
}

/** Sets so many tokens aside, as for an answer of that id. */
export async function holdTokens(
  { charges }: Charges,
  userId: string,
  messageId: string,
  amount: number,
): Promise<void> {
  const bounds = { promptTokens: amount, maxOutputTokens: 0, minOutputTokens: 0 };
  await charges.reserve({ userId, messageId, model: MODEL, ...bounds });
}

/** Ends that reservation with so many tokens spent. */
export async function spendHeldTokens(
  { charges }: Charges,
  messageId: string,
  cost: number,
): Promise<void> {
  const counts = { promptTokens: cost, cachedTokens: 0, completionTokens: 0 };
  await charges.settle(messageId, { model: MODEL, ...counts }, '提问');
}
