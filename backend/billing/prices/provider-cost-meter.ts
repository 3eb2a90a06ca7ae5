import {
  MODEL_PURPOSES,
  type ModelPurpose,
  type ModelUsage,
} from '../../../ai/providers/answer-model.ts';
import type { Logger } from '../../logger.ts';
import type { Metrics } from '../../platform/metrics/metrics.ts';
import { providerCostOf } from '../reports/usage.ts';
import { isPeak } from './peak-hours.ts';
import { priceAt } from './price.ts';
import type { PriceStore } from './price-store.ts';

const MILLION = 1_000_000;
/** Of currencies; providers are paid in one or two. */
const MOST_CURRENCIES = 5;

/** Counts what the provider asks for what it wrote, for learners and for the house, by its own prices. */
export function createProviderCostMeter(
  metrics: Metrics,
  prices: Pick<PriceStore, 'inForceNow'>,
  logger: Logger,
): (purpose: ModelPurpose, usage: ModelUsage) => void {
  const cost = metrics.counter({
    name: 'provider_cost_total',
    help: 'What the provider asks for what it wrote, in its currency',
    labels: { currency: MOST_CURRENCIES, purpose: MODEL_PURPOSES },
  });

  async function add(purpose: ModelPurpose, usage: ModelUsage): Promise<void> {
    const { moment, prices: rows } = await prices.inForceNow(usage.model);
    const price = priceAt(rows, usage.model, moment);
    if (!price) return;
    const rates = isPeak(moment) ? price.providerPeak : price.providerOffPeak;
    cost.add({ currency: price.currency, purpose }, providerCostOf(rates, usage) / MILLION);
  }

  return (purpose, usage) => {
    add(purpose, usage).catch((error: unknown) => {
      logger.warn({ err: error, purpose }, 'a cost was not counted');
    });
  };
}
