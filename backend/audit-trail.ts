/** One deed of an administrator: who did what to which thing. */
export interface AuditEntry {
  actorId: string | null;
  /** `<thing>.<deed>`. */
  action: string;
  targetType: string;
  targetId: string;
  detail: Record<string, unknown>;
  /** The address the request came from. */
  address: string | null;
}

/** An entry written inside a transaction stands or falls with what it tells of. */
export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
}

/** An administrator at work, and from where. */
export interface Administrator {
  userId: string;
  address: string;
}
