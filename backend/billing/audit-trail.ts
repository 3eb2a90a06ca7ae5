import type { Administrator, AuditEntry } from '../audit-trail.ts';

export function deedOf(
  by: Administrator,
  action: string,
  target: Pick<AuditEntry, 'targetType' | 'targetId' | 'detail'>,
): AuditEntry {
  return { actorId: by.userId, address: by.address, action, ...target };
}
