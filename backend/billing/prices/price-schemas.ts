import { z } from 'zod';

const rateSchema = z.int().min(0);

const ratesSchema = z
  .object({
    cached: rateSchema.describe('read from the provider’s cache'),
    prompt: rateSchema.describe('read anew'),
    completion: rateSchema.describe('written'),
  })
  .describe('thousandths of a balance token for each provider token');

/** A thousand balance tokens for one of the provider's: whatever is above is a slip of the pen. */
const MOST = 1_000_000;
/** A thousand yuan per million tokens. */
const MOST_PROVIDER = 1_000_000_000;

const ratesBody = (most: number) => {
  const rate = z.int().min(0).max(most);
  return (
    z
      .object({ cached: rate, prompt: rate, completion: rate })
      // What is set aside for an answer assumes that nothing is cached.
      .refine(({ cached, prompt }) => cached <= prompt, {
        error: '缓存命中的价格不能高于未命中的',
        path: ['cached'],
      })
  );
};

export const newPriceBody = z.object({
  model: z.string().regex(/^(\*|[a-z0-9][a-z0-9._:/-]{0,99})$/, {
    error: '必须是小写的模型名，或 *（没有单独定价的模型）',
  }),
  currency: z
    .string()
    .regex(/^[A-Z]{3}$/, { error: '必须是三个大写字母的货币代码' })
    .default('CNY'),
  effectiveFrom: z.iso
    .datetime({ offset: true, error: '必须是带时区的 ISO 8601 时间' })
    .refine((text) => !text.startsWith('0000'))
    .transform((text) => new Date(text))
    .optional(),
  offPeak: ratesBody(MOST),
  peak: ratesBody(MOST),
  providerOffPeak: ratesBody(MOST_PROVIDER),
  providerPeak: ratesBody(MOST_PROVIDER),
});

export const currentPricesSchema = z.object({
  items: z.array(
    z.object({
      model: z.string(),
      currency: z.string(),
      peakNow: z.boolean(),
      now: ratesSchema,
      offPeak: ratesSchema,
      peak: ratesSchema,
      effectiveFrom: z.iso.datetime(),
    }),
  ),
  peakHours: z.string().describe('for a person, zh-CN'),
});

const providerRatesSchema = z
  .object({ cached: rateSchema, prompt: rateSchema, completion: rateSchema })
  .describe('what the provider asks, in millionths of the currency per million tokens');

export const priceSchema = z.object({
  id: z.uuid(),
  model: z.string().describe('`*` for models without a row of their own'),
  currency: z.string(),
  effectiveFrom: z.iso.datetime(),
  offPeak: ratesSchema,
  peak: ratesSchema,
  providerOffPeak: providerRatesSchema,
  providerPeak: providerRatesSchema,
});

export const pricesSchema = z.object({
  items: z.array(priceSchema),
  holidaysKnownUntil: z.iso
    .date()
    .describe('later public holidays are charged as weekdays until the program is updated'),
});
