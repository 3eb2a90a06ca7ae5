import type { z } from 'zod';
import { pageSchema, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { administratorOf } from '../administrator.ts';
import type { Reports } from './compose-reports.ts';
import type { Reconciliation } from './reconciliation.ts';
import {
  mailSettingsSchema,
  reconciliationCursor,
  reconciliationParams,
  reconciliationSchema,
  reconciliationsQuery,
  statsSchema,
  usageQuery,
  usageReportSchema,
} from './report-schemas.ts';

const tag = 'administration';

export function reportRoutes(reports: Reports): Route[] {
  return [...adminRoutes(reports), ...reconciliationRoutes(reports), ...mailSettingRoutes(reports)];
}

function adminRoutes({ stats }: Reports): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/stats',
      summary: 'The site in numbers',
      tag,
      access: 'admin',
      data: statsSchema,
      handle: () => stats.stats(),
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/usage',
      summary:
        'What was used and what it cost, by day, model or user; the last 30 days if not asked otherwise',
      tag,
      access: 'admin',
      query: usageQuery,
      data: usageReportSchema,
      handle: async ({ query }) => {
        const { from, to, ...report } = await stats.usage(query);
        return { ...report, from: from.toISOString(), to: to.toISOString() };
      },
    }),
  ];
}

function reconciliationRoutes({ reconciliations }: Reports): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/reconciliations',
      summary: 'Whether the books agreed, newest first',
      tag,
      access: 'admin',
      query: reconciliationsQuery,
      data: pageSchema(reconciliationSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, reconciliationCursor);
        const page = await reconciliations.page({ limit, before }, filter);
        return { ...page, items: page.items.map(present) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/admin/reconciliations/{id}/acknowledge',
      summary: 'Take note of a difference, and of those of its kind before it: the alarm ends',
      tag,
      access: 'admin',
      params: reconciliationParams,
      data: reconciliationSchema,
      handle: async (context) =>
        present(await reconciliations.acknowledge(administratorOf(context), context.params.id)),
    }),
  ];
}

function present(row: Reconciliation): z.input<typeof reconciliationSchema> {
  const { createdAt, acknowledgedAt, ...same } = row;
  const times = {
    createdAt: createdAt.toISOString(),
    acknowledgedAt: acknowledgedAt?.toISOString() ?? null,
  };
  return { ...same, ...times };
}

function mailSettingRoutes({ mailSettings }: Reports): Route[] {
  const own = 'billing';
  return [
    defineRoute({
      method: 'get',
      path: '/api/billing/mails',
      summary: 'Whether one gets mails about the own balance',
      tag: own,
      access: 'account',
      data: mailSettingsSchema,
      handle: async ({ identity }) => ({ enabled: await mailSettings.wantsMails(identity.userId) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/billing/mails',
      summary: 'Get mails about the own balance, or no more',
      tag: own,
      access: 'account',
      body: mailSettingsSchema,
      data: mailSettingsSchema,
      handle: async ({ identity, body }) => {
        await mailSettings.setWantsMails(identity.userId, body.enabled);
        return body;
      },
    }),
  ];
}
