import { z } from 'zod';
import { callerOf } from '../../http/caller.ts';
import { sendJsonStream } from '../../http/json-stream.ts';
import { defineRoute, HANDLED, type Route } from '../../http/route.ts';
import type { RefreshCookie } from '../logins/refresh-cookie.ts';
import type { AccountExport } from './account-export.ts';
import type { AccountClosing } from './closing-service.ts';

const tag = 'accounts';

export interface ClosingRouteParts {
  closing: AccountClosing;
  dataExport: AccountExport;
  cookie: Pick<RefreshCookie, 'forget'>;
}

export function closingRoutes({ closing, dataExport, cookie }: ClosingRouteParts): Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/user/export',
      summary: 'All own data',
      tag,
      access: 'user',
      data: dataExport.schema,
      handle: async ({ identity, response }) => {
        const data = await dataExport.read(identity.userId, identity.loginId);
        response.setHeader('Cache-Control', 'no-store');
        response.setHeader('Content-Disposition', 'attachment; filename="guoxue-tutor.json"');
        await sendJsonStream(response, data);
        return HANDLED;
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/user',
      summary: 'Close the own account; logging in before `closesAt` opens it again',
      tag,
      access: 'user',
      rateClass: 'login',
      body: z.object({
        password: z.string({ error: '密码必须是文字' }).max(1024, { error: '密码太长' }).optional(),
      }),
      data: z.object({ closesAt: z.iso.datetime() }),
      handle: async ({ identity, body, request, response }) => {
        const caller = callerOf(request);
        const closesAt = await closing.close(identity.userId, caller, body.password);
        cookie.forget(response);
        return { closesAt: closesAt.toISOString() };
      },
    }),
  ];
}
