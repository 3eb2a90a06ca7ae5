import type { Administrator, AuditEntry } from '../audit-trail.ts';

export function deedOf(
  by: Administrator,
  action: string,
  document: { id: string; title: string; version: number },
  detail: Record<string, unknown> = {},
): AuditEntry {
  const { id, title, version } = document;
  return {
    ...{ actorId: by.userId, address: by.address, action },
    ...{ targetType: 'document', targetId: id, detail: { title, version, ...detail } },
  };
}
