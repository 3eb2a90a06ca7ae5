import type { Knex } from 'knex';

const rates = (cached: number, prompt: number, completion: number) => ({
  cached,
  prompt,
  completion,
});

/**
 * What learners pay, in thousandths of a balance token for each provider token; and what DeepSeek
 * asks, in millionths of a yuan per million tokens
 * (https://api-docs.deepseek.com/zh-cn/quick_start/pricing, October 2026).
 */
const FLASH = {
  off_peak: rates(100, 1000, 2000),
  peak: rates(150, 1500, 3000),
  provider_off_peak: rates(20_000, 1_000_000, 4_000_000),
  provider_peak: rates(40_000, 2_000_000, 8_000_000),
};
const FREE = rates(0, 0, 0);
const DEFAULT_PRICES = [
  { model: 'deepseek-flash', ...FLASH },
  { model: 'deepseek-v4-flash', ...FLASH },
  {
    model: 'deepseek-v4-pro',
    off_peak: rates(500, 4500, 9000),
    peak: rates(750, 6750, 13_500),
    provider_off_peak: rates(150_000, 4_500_000, 13_500_000),
    provider_peak: rates(300_000, 9_000_000, 27_000_000),
  },
  { model: 'offline', off_peak: FREE, peak: FREE, provider_off_peak: FREE, provider_peak: FREE },
  { model: '*', ...FLASH },
];

const DEFAULT_PACKAGES = [
  { title: '初学', tokens: 300_000, amount_fen: 600, plan: null, plan_days: null },
  { title: '勤学', tokens: 1_200_000, amount_fen: 2000, plan: null, plan_days: null },
  { title: '会员一月', tokens: 2_000_000, amount_fen: 3000, plan: 'vip', plan_days: 31 },
  { title: '博学', tokens: 7_000_000, amount_fen: 10_000, plan: null, plan_days: null },
];

/** The prices and packages that a site begins with. */
export async function insertDefaults(knex: Knex): Promise<void> {
  await knex('prices').insert(
    DEFAULT_PRICES.map(({ model, ...rates }) => ({
      id: knex.raw('gen_random_uuid()'),
      model,
      currency: 'CNY',
      effective_from: '2026-01-01T00:00:00Z',
      ...Object.fromEntries(
        Object.entries(rates).map(([key, value]) => [key, JSON.stringify(value)]),
      ),
    })),
  );
  await knex('packages').insert(
    DEFAULT_PACKAGES.map((each, position) => ({
      id: knex.raw('gen_random_uuid()'),
      position,
      ...each,
    })),
  );
}
