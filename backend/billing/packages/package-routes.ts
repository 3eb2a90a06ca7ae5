import type { z } from 'zod';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf } from '../administrator.ts';
import type { OrderChannel } from '../recharge/order.ts';
import type { Package } from './package.ts';
import {
  administeredPackageSchema,
  itemsOf,
  newPackageBody,
  offerSchema,
  packageChangeBody,
  packageParams,
} from './package-schemas.ts';
import type { PackageService } from './package-service.ts';

export function packageRoutes(
  packages: PackageService,
  channels: readonly OrderChannel[],
): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/billing/packages',
      summary: 'What can be bought',
      tag: 'billing',
      access: 'open',
      data: offerSchema,
      handle: async () => ({ items: await packages.onSale(), channels: [...channels] }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/packages',
      summary: 'All packages, also those that are not sold any more',
      tag: 'administration',
      access: 'admin',
      data: itemsOf(administeredPackageSchema),
      handle: async () => ({ items: (await packages.all()).map(present) }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/packages',
      summary: 'Sell one more package',
      tag: 'administration',
      access: 'admin',
      idempotent: 'by-handler',
      body: newPackageBody,
      data: administeredPackageSchema,
      status: 201,
      handle: async (context) => {
        const { body, idempotencyKey } = context;
        return present(await packages.add(administratorOf(context), body, idempotencyKey));
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/api/admin/packages/{id}',
      summary: 'Change what is sold from now on, retire a package or sell it again',
      tag: 'administration',
      access: 'admin',
      params: packageParams,
      body: packageChangeBody,
      data: administeredPackageSchema,
      handle: async (context) => {
        const { params, body } = context;
        return present(await packages.change(administratorOf(context), params.id, body));
      },
    }),
  ];
}

function present(one: Package): z.input<typeof administeredPackageSchema> {
  return {
    ...one,
    retiredAt: one.retiredAt?.toISOString() ?? null,
    createdAt: one.createdAt.toISOString(),
  };
}
