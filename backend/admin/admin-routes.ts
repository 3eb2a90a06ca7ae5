import { z } from 'zod';
import { callerOf } from '../http/caller.ts';
import { cursorTime, pageSchema, readCursor } from '../http/paging.ts';
import { defineRoute, type Route } from '../http/route.ts';
import {
  administeredUserSchema,
  amendmentBody,
  auditQuery,
  auditRecordSchema,
  userParams,
  usersQuery,
} from './admin-schemas.ts';
import type { AdministeredUser } from './administered-user.ts';
import type { AuditRecord } from './audit-log-store.ts';
import type { UserAdministration } from './user-administration.ts';

const tag = 'administration';
const cursorSchema = z.tuple([cursorTime, z.uuid()]);

export function adminRoutes(administration: UserAdministration): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/admin/users',
      summary: 'All accounts, newest first',
      tag,
      access: 'admin',
      query: usersQuery,
      data: pageSchema(administeredUserSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await administration.users(filter, { limit, before });
        return { ...page, items: page.items.map(presentUser) };
      },
    }),
    defineRoute({
      method: 'patch',
      path: '/api/admin/users/{id}',
      summary: 'Give or take a role or a plan, disable or enable an account',
      tag,
      access: 'admin',
      params: userParams,
      body: amendmentBody,
      data: administeredUserSchema,
      handle: async ({ identity, params, body, request }) => {
        const by = { userId: identity.userId, address: callerOf(request).address };
        return presentUser(await administration.amend(by, params.id, body));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/admin/users/{id}/logins',
      summary: 'End all logins of an account',
      tag,
      access: 'admin',
      params: userParams,
      data: z.object({ ended: z.int() }),
      handle: async ({ identity, params, request }) => {
        const by = { userId: identity.userId, address: callerOf(request).address };
        return { ended: await administration.endLogins(by, params.id) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/admin/audit-log',
      summary: 'Who changed what, newest first',
      tag,
      access: 'admin',
      query: auditQuery,
      data: pageSchema(auditRecordSchema),
      handle: async ({ query: { limit, cursor, ...filter } }) => {
        const before = readCursor(cursor, cursorSchema);
        const page = await administration.auditLog(filter, { limit, before });
        return { ...page, items: page.items.map(presentRecord) };
      },
    }),
  ];
}

function presentUser(user: AdministeredUser): z.input<typeof administeredUserSchema> {
  const { disabledAt, closingAt, lastLoginAt, createdAt, planUntil, ...same } = user;
  return {
    ...same,
    createdAt: createdAt.toISOString(),
    planUntil: planUntil?.toISOString() ?? null,
    disabled: disabledAt !== null,
    closesAt: closingAt?.toISOString() ?? null,
    lastLoginAt: lastLoginAt?.toISOString() ?? null,
  };
}

function presentRecord(record: AuditRecord): z.input<typeof auditRecordSchema> {
  return { ...record, at: record.at.toISOString() };
}
