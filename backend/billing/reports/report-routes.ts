import { pageSchema, readCursor } from '../../http/paging.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import type { Reports } from './compose-reports.ts';
import {
  mailSettingsSchema,
  reconciliationCursor,
  reconciliationSchema,
  reconciliationsQuery,
  statsSchema,
  usageQuery,
  usageReportSchema,
} from './report-schemas.ts';

export function reportRoutes(reports: Reports): Route[] {
  return [...adminRoutes(reports), ...mailSettingRoutes(reports)];
}

function adminRoutes({ stats, reconciliations }: Reports): Route[] {
  const tag = 'administration';
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
    defineRoute({
      method: 'get',
      path: '/api/admin/reconciliations',
      summary: 'Whether the books agreed, newest first',
      tag,
      access: 'admin',
      query: reconciliationsQuery,
      data: pageSchema(reconciliationSchema),
      handle: async ({ query: { limit, cursor, kind } }) => {
        const before = readCursor(cursor, reconciliationCursor);
        const page = await reconciliations.page({ limit, before }, kind);
        const items = page.items.map((row) => ({ ...row, createdAt: row.createdAt.toISOString() }));
        return { ...page, items };
      },
    }),
  ];
}

function mailSettingRoutes({ mailSettings }: Reports): Route[] {
  const tag = 'billing';
  return [
    defineRoute({
      method: 'get',
      path: '/api/billing/mails',
      summary: 'Whether one gets mails about the own balance',
      tag,
      access: 'account',
      data: mailSettingsSchema,
      handle: async ({ identity }) => ({ enabled: await mailSettings.wantsMails(identity.userId) }),
    }),
    defineRoute({
      method: 'put',
      path: '/api/billing/mails',
      summary: 'Get mails about the own balance, or no more',
      tag,
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
