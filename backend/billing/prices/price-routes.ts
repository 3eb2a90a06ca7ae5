import type { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf } from '../administrator.ts';
import { holidaysKnownUntil, peakHoursInWords } from './peak-hours.ts';
import type { Price } from './price.ts';
import { currentPricesSchema, newPriceBody, priceSchema, pricesSchema } from './price-schemas.ts';
import type { PriceService } from './price-service.ts';

export function priceRoutes(prices: PriceService): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/billing/prices',
      summary: 'What each model costs now, and in and out of the peak hours',
      tag: 'billing',
      access: 'open',
      data: currentPricesSchema,
      handle: async () => {
        const current = await prices.current();
        const items = current.map((each) => ({
          ...each,
          effectiveFrom: each.effectiveFrom.toISOString(),
        }));
        return { items, peakHours: peakHoursInWords(new Date()) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/prices',
      summary: 'All prices there ever were or will be, newest first',
      tag: 'administration',
      access: 'admin',
      data: pricesSchema,
      handle: async () => ({
        items: (await prices.all()).map(present),
        holidaysKnownUntil: holidaysKnownUntil(new Date()),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/prices',
      summary: 'A new price of a model from a moment on; the past stays as it was charged',
      tag: 'administration',
      access: 'admin',
      idempotent: true,
      body: newPriceBody,
      data: priceSchema,
      status: 201,
      handle: async (context) => present(await prices.add(administratorOf(context), context.body)),
    }),
  ];
}

function present(price: Price): z.input<typeof priceSchema> {
  return { ...price, effectiveFrom: price.effectiveFrom.toISOString() };
}
