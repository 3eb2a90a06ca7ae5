import type { Request, Response } from 'express';
import { z } from 'zod';
import { type Cookie, defineCookie } from '../http/cookies.ts';
import type { Identity } from '../http/permissions.ts';

export const QUEUES_PATH = '/admin/queues';

const MINUTES = 10;
const CONTEXT = 'queues pass';

const claims = z.object({ userId: z.uuid(), loginId: z.uuid(), until: z.number() });

/**
 * Lets an admin's browser open the dashboard of the queues, whose pages and scripts know nothing of
 * access tokens: a sealed cookie for that path alone. It is good for ten minutes after its last use,
 * and only while the login behind it is an admin's.
 */
export interface QueuePass {
  issue(response: Response, identity: Identity): void;
  /** Whoever may pass is given ten minutes more. */
  admits(request: Request, response: Response): Promise<boolean>;
}

export function createQueuePass(parts: {
  secretBox: {
    seal(secret: string, context: string): string;
    open(sealed: string, context: string): string | undefined;
  };
  identityOf(userId: string, loginId: string): Promise<Identity | undefined>;
  secure: boolean;
}): QueuePass {
  const { secretBox, identityOf, secure } = parts;
  const maxAgeSeconds = MINUTES * 60;
  const cookie: Cookie = defineCookie('queues', {
    ...{ secure, path: QUEUES_PATH, sameSite: 'strict', maxAgeSeconds },
  });
  const issue: QueuePass['issue'] = (response, { userId, loginId }) => {
    const until = Date.now() + maxAgeSeconds * 1000;
    cookie.write(response, secretBox.seal(JSON.stringify({ userId, loginId, until }), CONTEXT));
  };
  return {
    issue,
    async admits(request, response) {
      const opened = secretBox.open(cookie.read(request) ?? '', CONTEXT);
      if (opened === undefined) return false;
      const { userId, loginId, until } = claims.parse(JSON.parse(opened));
      if (until < Date.now()) return false;
      const identity = await identityOf(userId, loginId);
      if (identity?.role !== 'admin') return false;
      issue(response, identity);
      return true;
    },
  };
}
