import { randomUUID } from 'node:crypto';
import type { Knex } from 'knex';
import { fromRow, type RowOf } from '../platform/database/row.ts';

/** Who did what to which thing, and when. */
export interface AuditRecord {
  id: string;
  at: Date;
  /** Null where the program did it by itself. */
  actorId: string | null;
  /** What the actor is called now. */
  actorName: string | null;
  action: string;
  targetType: string;
  targetId: string;
  detail: Record<string, unknown>;
  address: string | null;
}

export type NewAuditRecord = Omit<AuditRecord, 'id' | 'at' | 'actorName'>;

export interface AuditFilter {
  action?: string | undefined;
  actorId?: string | undefined;
  targetId?: string | undefined;
}

/** Only ever grows: the database itself refuses to change or delete what is recorded. */
export interface AuditLogStore {
  record(entry: NewAuditRecord): Promise<void>;
  /** Newest first. */
  list(
    filter: AuditFilter,
    page: { limit: number; before: readonly [string, string] | undefined },
  ): Promise<AuditRecord[]>;
}

export function createAuditLogStore(knex: Knex): AuditLogStore {
  return {
    async record({ actorId, action, targetType, targetId, detail, address }) {
      await knex('audit_log').insert({
        id: randomUUID(),
        actor_id: actorId,
        action,
        target_type: targetType,
        target_id: targetId,
        detail: JSON.stringify(detail),
        address,
      });
    },
    async list({ action, actorId, targetId }, { limit, before }) {
      const rows = knex('audit_log')
        .leftJoin('users', 'users.id', 'audit_log.actor_id')
        .orderBy([
          { column: 'audit_log.at', order: 'desc' },
          { column: 'audit_log.id', order: 'desc' },
        ])
        .limit(limit)
        .select('audit_log.*', 'users.nickname as actor_name');
      if (action !== undefined) rows.where({ 'audit_log.action': action });
      if (actorId !== undefined) rows.where({ 'audit_log.actor_id': actorId });
      if (targetId !== undefined) rows.where({ 'audit_log.target_id': targetId });
      if (before) {
        rows.whereRaw('(audit_log.at, audit_log.id) < (?::timestamptz, ?::uuid)', [...before]);
      }
      return (await rows).map((row: RowOf<AuditRecord>) => fromRow<AuditRecord>(row));
    },
  };
}
