import type { Request } from 'express';
import type { Administrator } from '../audit-trail.ts';
import { callerOf } from '../http/caller.ts';

/** Who calls an administrator's route; the route's access says that it is one. */
export function administratorOf(context: {
  identity: { userId: string };
  request: Request;
}): Administrator {
  return { userId: context.identity.userId, address: callerOf(context.request).address };
}
