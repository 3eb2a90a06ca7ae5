/** One deed worth remembering for ever: who did what to which thing. It never holds a secret. */
export interface AuditEntry {
  /** The user who acted; null where the program did it by itself. */
  actorId: string | null;
  /** What was done, as `<thing>.<deed>`: `user.role`, `account.erase`. */
  action: string;
  targetType: string;
  targetId: string;
  detail: Record<string, unknown>;
  /** The address the request came from; null where there was no request. */
  address: string | null;
}

/**
 * Where accounts write what must be provable later. An entry written inside a transaction stands
 * or falls with it, so that no deed is without its entry and no entry without its deed.
 */
export interface AuditTrail {
  record(entry: AuditEntry): Promise<void>;
}
