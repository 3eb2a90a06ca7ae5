import type { User } from '../api/types.ts';

export interface ManagedUser extends User {
  disabled: boolean;
  closesAt: string | null;
  lastLoginAt: string | null;
}

export interface AuditEntry {
  id: string;
  at: string;
  actorId: string | null;
  actorName: string | null;
  action: string;
  targetType: string;
  targetId: string;
  detail: Record<string, unknown>;
  address: string | null;
}
