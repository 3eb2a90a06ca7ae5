import { z } from 'zod';
import { callerOf } from '../../http/caller.ts';
import { defineRoute, type Route } from '../../http/route.ts';
import { changeEmailBody, mailTokenSchema, userSchema } from '../account-schemas.ts';
import { presentUser } from '../present-user.ts';
import type { EmailService } from './email-service.ts';

const tag = 'accounts';

export function emailRoutes(emails: EmailService): Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/api/auth/verify-email',
      summary: 'Confirm an address with the token of a mail',
      tag,
      access: 'open',
      rateClass: 'login',
      body: z.object({ token: mailTokenSchema }),
      data: z.object({ user: userSchema }),
      handle: async ({ body, request }) => ({
        user: presentUser(await emails.verify(body.token, callerOf(request))),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/user/verification-mail',
      summary: 'Mail a fresh link to the own address that is not confirmed yet',
      tag,
      access: 'account',
      rateClass: 'mail',
      body: z.object({}),
      data: z.object({}),
      status: 202,
      handle: async ({ identity }) => {
        await emails.requestVerification(identity.userId);
        return {};
      },
    }),
    defineRoute({
      method: 'put',
      path: '/api/user/email',
      summary: 'Change the own address; it takes effect when the link in the mail is opened',
      tag,
      access: 'account',
      rateClass: 'mail',
      body: changeEmailBody,
      data: z.object({}),
      status: 202,
      handle: async ({ identity, body, request }) => {
        await emails.change(identity, body, callerOf(request));
        return {};
      },
    }),
  ];
}
